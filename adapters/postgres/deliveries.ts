import { type Sql, storable, type Transaction } from './sql.ts';

/** A webhook as it was received and verified. */
export interface Delivery {
  readonly guid: string;
  readonly event: string;
  readonly repository: string | null;
  /** GitHub's number of the repository; null or absent: it was not told. */
  readonly repositoryId?: number | null;
  readonly installationId: number | null;
  readonly businessKey: string | null;
  /** Issue or pull request that a comment was written on: its commit is frozen with the delivery. */
  readonly issue: number | null;
  readonly payload: string;
  /** Ms since the epoch. */
  readonly receivedAt: number;
  /** `traceparent` of its arrival; null or absent: it is not traced. */
  readonly trace?: string | null;
}

export interface StoredDelivery extends Omit<Delivery, 'issue'> {
  /** The commit of the issue's release or change at the moment of storing; null when we knew of none. */
  readonly frozenSha: string | null;
  readonly attempts: number;
}

interface Row {
  guid: string;
  event: string;
  repository: string | null;
  installation_id: number | null;
  repository_id: number | null;
  business_key: string | null;
  payload: string;
  frozen_sha: string | null;
  trace: string | null;
  received_at: Date;
  attempts: number;
}

/**
 * Stores deliveries and returns the GUIDs of those that were new. A known GUID, or a known business key under
 * another GUID, changes nothing.
 */
export async function storeDeliveries(
  tx: Transaction,
  deliveries: readonly Delivery[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ guid: string }>(
    `insert into deliveries
       (guid, event, repository, installation_id, business_key, payload, received_at, trace, repository_id, frozen_sha)
     select guid, event, repository, installation, business_key, payload, received_at, trace, repository_id,
       (select sha from aggregates known where known.repository = coalesce(
            (select kept.repository from repositories kept where kept.id = incoming.repository_id), incoming.repository)
          and (known.tracking_issue = issue or (known.kind = 'change' and known.key = 'pr/' || issue)) limit 1)
     from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::int[],
         $9::text[], $10::bigint[])
       as incoming
         (guid, event, repository, installation, business_key, payload, received_at, issue, trace, repository_id)
     on conflict do nothing returning guid`,
    [
      deliveries.map((delivery) => delivery.guid),
      deliveries.map((delivery) => delivery.event),
      deliveries.map((delivery) => delivery.repository),
      deliveries.map((delivery) => delivery.installationId),
      deliveries.map((delivery) => delivery.businessKey),
      deliveries.map((delivery) => storable(delivery.payload)),
      deliveries.map((delivery) => new Date(delivery.receivedAt)),
      deliveries.map((delivery) => delivery.issue),
      deliveries.map((delivery) => delivery.trace ?? null),
      deliveries.map((delivery) => delivery.repositoryId ?? null),
    ],
  );
  return new Set(rows.map(({ guid }) => guid));
}

/** The delivery, locked until the transaction ends; null when it is done, dead, unknown or in other hands. */
export async function claimDelivery(tx: Transaction, guid: string): Promise<StoredDelivery | null> {
  const { rows } = await tx.query<Row>(
    `select * from deliveries where guid = $1 and done_at is null and dead_at is null for update skip locked`,
    [guid],
  );
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Reads an open delivery without locking it. */
export async function readDelivery(sql: Sql, guid: string): Promise<StoredDelivery | null> {
  const { rows } = await sql.query<Row>(
    'select * from deliveries where guid = $1 and done_at is null and dead_at is null',
    [guid],
  );
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

export async function finishDelivery(
  tx: Transaction,
  guid: string,
  outcome: string,
  now: number,
): Promise<void> {
  await tx.query('update deliveries set done_at = $2, outcome = $3, last_error = null where guid = $1', [
    guid,
    new Date(now),
    outcome,
  ]);
}

/** Counts a failed attempt. With `dead`, nobody tries again: it shows in the metrics and in the status page. */
export async function failDelivery(
  tx: Transaction,
  guid: string,
  error: string,
  dead: boolean,
  now: number,
): Promise<void> {
  await tx.query(
    `update deliveries set attempts = attempts + 1, last_error = $2, dead_at = $3 where guid = $1`,
    [guid, storable(error).slice(0, 2_000), dead ? new Date(now) : null],
  );
}

/** GUIDs of deliveries that are stored and not done: what a killed process left. Oldest first. */
export async function openDeliveries(sql: Sql, receivedBefore: number): Promise<readonly string[]> {
  const { rows } = await sql.query<{ guid: string }>(
    `select guid from deliveries where done_at is null and dead_at is null and received_at <= $1
     order by received_at limit 10000`,
    [new Date(receivedBefore)],
  );
  return rows.map(({ guid }) => guid);
}

/** Which of these GUIDs are stored. */
export async function knownDeliveries(sql: Sql, guids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ guid: string }>('select guid from deliveries where guid = any($1)', [
    [...guids],
  ]);
  return new Set(rows.map(({ guid }) => guid));
}

/** Removes payloads of deliveries that were done before `before`; the GUID stays, so that it runs once for ever. */
export async function forgetPayloads(sql: Sql, before: number): Promise<void> {
  await sql.query(`update deliveries set payload = '' where done_at < $1 and payload <> ''`, [
    new Date(before),
  ]);
}

function fromRow(row: Row): StoredDelivery {
  return {
    guid: row.guid,
    event: row.event,
    repository: row.repository,
    repositoryId: row.repository_id,
    installationId: row.installation_id,
    businessKey: row.business_key,
    payload: row.payload,
    frozenSha: row.frozen_sha,
    trace: row.trace,
    receivedAt: row.received_at.getTime(),
    attempts: row.attempts,
  };
}
