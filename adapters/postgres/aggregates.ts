import type { AggregateRef } from '../../core/flow/event.ts';
import type { Neighbour } from '../../core/release/neighbours.ts';
import type { Phase } from '../../core/release/phase.ts';
import { lockName, repositoryLock } from './pool.ts';
import { type Sql, type Transaction, toJson } from './sql.ts';

/** The members of a state by which the store finds it (`AggregateRef` documents them). */
export interface IndexedState {
  readonly sha?: string | null;
  readonly trackingIssue?: number | null;
}

export interface StoredAggregate {
  readonly ref: AggregateRef;
  readonly state: unknown;
  readonly version: number;
  /** Ms since the epoch. */
  readonly updatedAt: number;
}

interface Row {
  kind: AggregateRef['kind'];
  repository: string;
  key: string;
  state: unknown;
  version: number;
  updated_at: Date;
}

/**
 * The aggregate's state, nobody else's until the transaction ends; null when it does not exist yet. A name is
 * locked, because a row that does not exist cannot be. Releases of a repository share one name: which of them
 * owns the way to production is decided by one at a time.
 */
export async function lockAggregate(tx: Transaction, ref: AggregateRef): Promise<unknown> {
  const scope = ref.kind === 'release' ? 'releases' : `${ref.kind}/${ref.key}`;
  await lockName(tx, `aggregate/${ref.repository}/${scope}`, repositoryLock(ref.repository));
  const { rows } = await tx.query<Row>(
    'select * from aggregates where kind = $1 and repository = $2 and key = $3 for update',
    [ref.kind, ref.repository, ref.key],
  );
  return rows[0]?.state ?? null;
}

export async function saveAggregate(
  tx: Transaction,
  ref: AggregateRef,
  state: IndexedState,
  closed: boolean,
  now: number,
): Promise<void> {
  await tx.query(
    `insert into aggregates (kind, repository, key, sha, tracking_issue, closed, state, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)
     on conflict (kind, repository, key) do update set
       sha = excluded.sha, tracking_issue = excluded.tracking_issue, closed = excluded.closed,
       state = excluded.state, version = aggregates.version + 1, updated_at = excluded.updated_at`,
    [
      ref.kind,
      ref.repository,
      ref.key,
      state.sha ?? null,
      state.trackingIssue ?? null,
      closed,
      toJson(state),
      new Date(now),
    ],
  );
}

/**
 * Results of a commit and the changes and releases at it are nobody else's to match until the transaction ends: of a
 * result that is stored while a change becomes known neither would see the other. Before the locks of aggregates.
 */
export async function lockCommit(tx: Transaction, repository: string, sha: string): Promise<void> {
  await lockName(tx, `commit/${repository}/${sha}`, repositoryLock(repository));
}

/** Changes and releases of a commit, in the order in which they must be locked. */
export async function aggregatesOfCommit(
  sql: Sql,
  repository: string,
  sha: string,
): Promise<readonly AggregateRef[]> {
  const { rows } = await sql.query<Row>(
    'select * from aggregates where repository = $1 and sha = $2 order by kind, key',
    [repository, sha],
  );
  return rows.map((row) => fromRow(row).ref);
}

/** The other releases of the repository that have not ended, oldest word first. */
export async function openNeighbours(sql: Sql, ref: AggregateRef): Promise<readonly Neighbour[]> {
  const { rows } = await sql.query<{ [Name in keyof Neighbour]: string | null }>(
    `select key as tag, state ->> 'way' as way, state ->> 'phase' as phase, state ->> 'occupies' as occupies,
        state ->> 'phaseSince' as "phaseSince", state ->> 'startedAt' as "startedAt"
       from aggregates where kind = 'release' and repository = $1 and key <> $2 and not closed order by updated_at`,
    [ref.repository, ref.key],
  );
  return rows.map(({ tag, way, phase, phaseSince, occupies, startedAt }) => ({
    tag: tag ?? '',
    way: way ?? '',
    phase: (phase ?? 'new') as Phase,
    phaseSince: Number(phaseSince ?? 0),
    occupies: occupies === 'true',
    startedAt: Number(startedAt ?? 0),
  }));
}

/** The release whose tracking issue this is. */
export async function releaseOfIssue(
  sql: Sql,
  repository: string,
  issue: number,
): Promise<AggregateRef | null> {
  const { rows } = await sql.query<Row>(
    `select * from aggregates where repository = $1 and tracking_issue = $2 and kind = 'release'`,
    [repository, issue],
  );
  return rows[0] === undefined ? null : fromRow(rows[0]).ref;
}

export async function readAggregate(sql: Sql, ref: AggregateRef): Promise<StoredAggregate | null> {
  const { rows } = await sql.query<Row>(
    'select * from aggregates where kind = $1 and repository = $2 and key = $3',
    [ref.kind, ref.repository, ref.key],
  );
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Newest first. */
export async function listAggregates(
  sql: Sql,
  filter: {
    readonly kind?: AggregateRef['kind'];
    readonly repository?: string;
    /** Of any of these; of all where it is left out. */
    readonly repositories?: readonly string[];
    readonly open?: boolean;
    readonly key?: string;
    readonly sha?: string;
    /** Organisation or person that the repositories belong to. */
    readonly owner?: string;
    /** Those that are closed only if something happened to them since, ms since the epoch. */
    readonly closedSince?: number;
    readonly limit?: number;
  },
): Promise<readonly StoredAggregate[]> {
  const { rows } = await sql.query<Row>(
    `select * from aggregates
      where ($1::text is null or kind = $1) and ($2::text is null or repository = $2)
        and ($3::boolean is null or closed <> $3) and ($4::text is null or key = $4) and ($5::text is null or sha = $5)
        and ($7::text is null or split_part(repository, '/', 1) = $7)
        and ($8::timestamptz is null or not closed or updated_at >= $8)
        and ($9::text[] is null or repository = any ($9))
      order by updated_at desc limit $6`,
    [
      filter.kind ?? null,
      filter.repository ?? null,
      filter.open ?? null,
      filter.key ?? null,
      filter.sha ?? null,
      filter.limit ?? 200,
      filter.owner ?? null,
      filter.closedSince === undefined ? null : new Date(filter.closedSince),
      filter.repositories ?? null,
    ],
  );
  return rows.map(fromRow);
}

/** The repositories of which there is anything of this kind. */
export async function repositoriesWith(
  sql: Sql,
  filter: { readonly kind: AggregateRef['kind']; readonly open?: boolean },
): Promise<readonly string[]> {
  const { rows } = await sql.query<{ repository: string }>(
    `select distinct repository from aggregates where kind = $1 and ($2::boolean is null or closed <> $2)
      order by repository`,
    [filter.kind, filter.open ?? null],
  );
  return rows.map(({ repository }) => repository);
}

function fromRow(row: Row): StoredAggregate {
  return {
    ref: { kind: row.kind, repository: row.repository, key: row.key },
    state: row.state,
    version: row.version,
    updatedAt: row.updated_at.getTime(),
  };
}
