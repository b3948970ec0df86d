import type { Sql } from './sql.ts';

/** Everything that GitHub tried to deliver before this was looked at, ms since the epoch by GitHub's clock; 0: nothing was. */
export async function sweptUntil(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ until: Date }>('select until from sweeps where what = $1', [
    'deliveries',
  ]);
  return rows[0]?.until.getTime() ?? 0;
}

/** Never goes back: two processes may look at once. */
export async function markSwept(sql: Sql, until: number): Promise<void> {
  await sql.query(
    `insert into sweeps (what, until) values ($1, $2)
     on conflict (what) do update set until = excluded.until where sweeps.until < excluded.until`,
    ['deliveries', new Date(until)],
  );
}
