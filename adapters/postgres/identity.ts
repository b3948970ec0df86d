import { renamedAction } from '../../core/audit/names.ts';
import { ConflictError } from '../../core/errors.ts';
import { effectKey } from '../../core/flow/key.ts';
import { appendAudit } from './audit.ts';
import { lockName, repositoryLock } from './pool.ts';
import type { Sql, Transaction } from './sql.ts';

/** A repository that the App was seen on. `id` is GitHub's number; null: nobody told it yet. */
export interface KnownRepository {
  readonly id: number | null;
  /** `owner/name` */
  readonly repository: string;
  readonly installationId: number;
  /** False: it was taken out of the installation, or is gone. */
  readonly installed: boolean;
}

export async function repositoryById(sql: Sql, id: number): Promise<KnownRepository | null> {
  return one(await sql.query<Row>('select * from repositories where id = $1', [id]));
}

export async function repositoryAt(sql: Sql, repository: string): Promise<KnownRepository | null> {
  return one(await sql.query<Row>('select * from repositories where repository = $1', [repository]));
}

interface Row {
  id: number | null;
  repository: string;
  installation_id: number;
  removed_at: Date | null;
}

function one({ rows: [row] }: { readonly rows: readonly Row[] }): KnownRepository | null {
  if (row === undefined) return null;
  const { id, repository, installation_id: installationId, removed_at: removed } = row;
  return { id, repository, installationId, installed: removed === null };
}

/** Names that it had before, the newest first. */
export async function formerNames(sql: Sql, id: number): Promise<readonly string[]> {
  const { rows } = await sql.query<{ repository: string }>(
    'select repository from former_names where id = $1 order by left_at desc',
    [id],
  );
  return rows.map(({ repository }) => repository);
}

/**
 * Remembers which repository has this name. A name that was another's before begins an audit log of its own. False: the
 * name is kept for another, or this repository under another name: who is where has to be settled first.
 */
export async function adoptRepository(
  tx: Transaction,
  { id, repository, installationId }: Omit<KnownRepository, 'installed' | 'id'> & { readonly id: number },
  now: number,
): Promise<boolean> {
  await lockNames(tx, [repository]);
  const [at, elsewhere] = [await repositoryAt(tx, repository), await repositoryById(tx, id)];
  if ((at?.id ?? id) !== id || (elsewhere?.repository ?? repository) !== repository) return false;
  await tx.query(
    `insert into repositories (repository, installation_id, seen_at, id, chain)
     values ($1, $2, $3, $4, (select $1::text || '#' || $4::bigint from former_names
       where repository = $1 and id <> $4 limit 1))
     on conflict (repository) do update
       set installation_id = excluded.installation_id, removed_at = null, id = excluded.id`,
    [repository, installationId, new Date(now), id],
  );
  return true;
}

export interface Renamed {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  /** Why it is kept under `to`, in a sentence. */
  readonly reason: string;
}

/**
 * Moves everything that is kept under a repository's name to its new one, and tells its audit log. Whoever decides
 * something for it meanwhile waits, or is refused and decides again; an effect that is under way is performed again
 * under its new key, and finds what it did by the mark of the old one. Evidence and log stay as they are written.
 *
 * @returns the effects that wait, whose jobs have to be sent again; null when it was moved before.
 * @throws ConflictError when the new name is another's.
 */
export async function renameRepository(
  tx: Transaction,
  { id, from, to, reason }: Renamed,
  now: number,
): Promise<readonly { readonly key: string; readonly notBefore: number }[] | null> {
  await lockNames(tx, [from, to]);
  if ((await repositoryById(tx, id))?.repository !== from) return null;
  const occupant = await repositoryAt(tx, to);
  if (occupant !== null && occupant.id !== null) throw nameTaken(to, occupant.id);
  await tx.query('delete from repositories where repository = $1', [to]);
  await tx.query(
    'insert into former_names (repository, id, left_at) values ($1, $2, $3) on conflict do nothing',
    [from, id, new Date(now)],
  );
  await tx.query('delete from former_names where repository = $1 and id = $2', [to, id]);
  await tx.query(
    'update repositories set repository = $2, chain = coalesce(chain, repository) where repository = $1',
    [from, to],
  );
  // A delivery bears the number: what waits in the inbox finds its way by itself, and is locked by whoever works on it.
  for (const table of ['aggregates', 'gate_results', 'evidence_files', 'workflow_runs']) {
    await tx.query(`update ${table} set repository = $2 where repository = $1`, [from, to]);
  }
  await tx.query(
    'update evidence_blobs set repositories = array_replace(repositories, $1, $2) where $1 = any (repositories)',
    [from, to],
  );
  const moved = await moveEffects(tx, from, to);
  const note = {
    action: renamedAction,
    actor: 'github',
    reason,
    reasonCode: null,
    data: { from, to, repository_id: id },
  };
  await appendAudit(tx, to, null, [note], now);
  return moved;
}

/** Key and lane of an effect begin with kind and repository; the old key stays as its mark. */
async function moveEffects(tx: Transaction, from: string, to: string) {
  const [old, fresh] = [from, to].map((name) =>
    effectKey({ kind: 'release', repository: name, key: '' }, '').slice('release/'.length, -'/#'.length),
  );
  await tx.query(
    `update step_ups s set effect_key = e.aggregate_kind || '/' || $3 || substr(e.key, length(e.aggregate_kind || '/' || $2) + 1)
       from effects e where s.effect_key = e.key and e.repository = $1`,
    [from, old, fresh],
  );
  const { rows } = await tx.query<{ key: string; state: string; not_before: Date }>(
    `update effects set
       repository = $2, marked_as = coalesce(marked_as, key),
       key = aggregate_kind || '/' || $4 || substr(key, length(aggregate_kind || '/' || $3) + 1),
       lane = case
         when lane = key then aggregate_kind || '/' || $4 || substr(key, length(aggregate_kind || '/' || $3) + 1)
         when split_part(lane, '/', 2) || '/' || split_part(lane, '/', 3) = $1
           then split_part(lane, '/', 1) || '/' || $2 || substr(lane, length(split_part(lane, '/', 1) || '/' || $1) + 1)
         else lane end
     where repository = $1 returning key, state, not_before`,
    [from, to, old, fresh],
  );
  return rows
    .filter(({ state }) => state === 'pending')
    .map(({ key, not_before: due }) => ({ key, notBefore: due.getTime() }));
}

/** Nobody else decides for these names until the transaction ends. In one order, so that two cannot block each other. */
async function lockNames(tx: Transaction, names: readonly string[]): Promise<void> {
  for (const name of [...new Set(names)].toSorted()) {
    await lockName(tx, repositoryLock(name));
  }
}

function nameTaken(name: string, id: number | null): ConflictError {
  return new ConflictError(
    'NAME_TAKEN',
    `The name ${name} is kept for the repository with the number ${id}`,
    'Nothing to do: it is asked again where both of them are.',
  );
}
