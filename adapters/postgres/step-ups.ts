import type { StepUpRequest } from '../../core/stepup/pages.ts';
import type { Passkey } from '../../core/stepup/passkey.ts';
import { type Sql, type Transaction, toJson } from './sql.ts';

export interface StoredStepUp {
  readonly id: string;
  readonly request: StepUpRequest;
  readonly challenge: string | null;
  readonly used: boolean;
}

/** Pages of the past are forgotten after this, ms. */
const keptFor = 86_400_000;

export async function storeStepUp(sql: Sql, id: string, request: StepUpRequest): Promise<void> {
  await sql.query('delete from step_ups where expires_at < $1', [new Date(request.at - keptFor)]);
  await sql.query(
    `insert into step_ups (id, effect_key, request, expires_at) values ($1, $2, $3, $4) on conflict do nothing`,
    [id, request.key, toJson(request), new Date(request.until)],
  );
}

export async function readStepUp(sql: Sql, id: string): Promise<StoredStepUp | null> {
  const { rows } = await sql.query<{
    request: StepUpRequest;
    challenge: string | null;
    used_at: Date | null;
  }>('select request, challenge, used_at from step_ups where id = $1', [id]);
  const [row] = rows;
  return row === undefined
    ? null
    : { id, request: row.request, challenge: row.challenge, used: row.used_at !== null };
}

/** The question that is now put to the passkey; an older one cannot be answered any more. */
export async function putChallenge(sql: Sql, id: string, challenge: string): Promise<void> {
  await sql.query('update step_ups set challenge = $2 where id = $1 and used_at is null', [id, challenge]);
}

/** Takes the question away, answered or not: it is asked once. Null when there is none. */
export async function takeChallenge(sql: Sql, id: string): Promise<string | null> {
  const { rows } = await sql.query<{ challenge: string }>(
    `update step_ups set challenge = null from (select id, challenge from step_ups where id = $1 for update) as old
      where step_ups.id = old.id and old.challenge is not null returning old.challenge`,
    [id],
  );
  return rows[0]?.challenge ?? null;
}

/** True for the one who confirms first, in time. */
export async function useStepUp(tx: Transaction, id: string, now: number): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update step_ups set used_at = $2 where id = $1 and used_at is null and expires_at > $2',
    [id, new Date(now)],
  );
  return rowCount === 1;
}

interface PasskeyRow {
  id: string;
  user_id: number;
  login: string;
  public_key: string;
  counter: number;
  transports: string[];
  created_at: Date;
  usable_from: Date;
}

export async function passkeysOf(sql: Sql, userId: number): Promise<readonly Passkey[]> {
  const { rows } = await sql.query<PasskeyRow>(
    'select * from passkeys where user_id = $1 order by created_at',
    [userId],
  );
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    login: row.login,
    publicKey: row.public_key,
    counter: row.counter,
    transports: row.transports,
    createdAt: row.created_at.getTime(),
    usableFrom: row.usable_from.getTime(),
  }));
}

/** False when a passkey of this name is there already, whosever it is. */
export async function storePasskey(sql: Sql, passkey: Passkey): Promise<boolean> {
  const { id, userId, login, publicKey, counter, transports, createdAt, usableFrom } = passkey;
  const { rowCount } = await sql.query(
    `insert into passkeys (id, user_id, login, public_key, counter, transports, created_at, usable_from)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [id, userId, login, publicKey, counter, [...transports], new Date(createdAt), new Date(usableFrom)],
  );
  return rowCount === 1;
}

export async function countPasskeyUse(tx: Transaction, id: string, counter: number): Promise<void> {
  await tx.query('update passkeys set counter = $2 where id = $1', [id, counter]);
}

export async function removePasskey(sql: Sql, id: string, userId: number): Promise<boolean> {
  const { rowCount } = await sql.query('delete from passkeys where id = $1 and user_id = $2', [id, userId]);
  return rowCount === 1;
}
