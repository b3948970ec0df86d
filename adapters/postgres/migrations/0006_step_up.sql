-- Pages on which people confirm a command with a passkey. Used once, for what they say and nothing else.
create table step_ups (
  id         text primary key,
  effect_key text not null unique,
  request    jsonb not null,
  expires_at timestamptz not null,
  -- Of the question that was last put to the passkey; taken away by the answer.
  challenge  text,
  used_at    timestamptz
);
create index step_ups_by_age on step_ups (expires_at);

-- Public keys of people. The person is GitHub's number: a login may change hands.
create table passkeys (
  id          text primary key,
  user_id     bigint not null,
  login       text not null,
  public_key  text not null,
  counter     bigint not null,
  transports  text[] not null,
  created_at  timestamptz not null,
  usable_from timestamptz not null
);
create index passkeys_by_user on passkeys (user_id);
