-- Until when GitHub asked for no requests, by account: an installation, or the App itself. Every replica asks here first.
create table github_pauses (
  account text primary key,
  until timestamptz not null
);
