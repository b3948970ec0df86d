import type { Sql } from './sql.ts';

/** Work that is stored and not finished. */
export interface Backlog {
  readonly deliveries: number;
  /** Deliveries that nobody tries any more. */
  readonly dead: number;
  readonly effects: number;
  /** Releases and previews that have not ended where the App is not any more. */
  readonly unreachable: number;
}

export async function readBacklog(sql: Sql): Promise<Backlog> {
  const { rows } = await sql.query<{ [Name in keyof Backlog]: number }>(
    `select (select count(*) from deliveries where done_at is null and dead_at is null) as deliveries,
            (select count(*) from deliveries where dead_at is not null) as dead,
            (select count(*) from effects where state = 'pending') as effects,
            (select count(*) from aggregates a join repositories r on r.repository = a.repository
              where r.removed_at is not null and a.kind in ('release', 'preview') and not a.closed) as unreachable`,
  );
  return rows[0] ?? { deliveries: 0, dead: 0, effects: 0, unreachable: 0 };
}
