import type { Sql, Transaction } from './sql.ts';

/** One attempt of a workflow run that has ended, and the commit that it judged. */
export interface EndedRun {
  /** `owner/name` */
  readonly repository: string;
  readonly sha: string;
  readonly runId: number;
  readonly attempt: number;
}

/** Remembers a run for whoever comes to its commit later. `now` is ms since the epoch. */
export async function keepRun(
  tx: Transaction,
  { repository, sha, runId, attempt }: EndedRun,
  now: number,
): Promise<void> {
  await tx.query(
    `insert into workflow_runs (repository, sha, run_id, attempt, ended_at)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [repository, sha, runId, attempt, new Date(now)],
  );
}

/** The runs of a commit that have ended, oldest first. */
export async function runsOfCommit(sql: Sql, repository: string, sha: string): Promise<readonly EndedRun[]> {
  const { rows } = await sql.query<{ run_id: string; attempt: number }>(
    'select run_id, attempt from workflow_runs where repository = $1 and sha = $2 order by run_id, attempt',
    [repository, sha],
  );
  return rows.map(({ run_id: runId, attempt }) => ({ repository, sha, runId: Number(runId), attempt }));
}

/** Forgets runs that ended before `before`, ms since the epoch. */
export async function forgetRuns(sql: Sql, before: number): Promise<void> {
  await sql.query('delete from workflow_runs where ended_at < $1', [new Date(before)]);
}
