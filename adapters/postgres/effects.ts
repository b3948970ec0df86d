import type { Effect, PlannedEffect } from '../../core/flow/effect.ts';
import type { AggregateRef, EffectSettled } from '../../core/flow/event.ts';
import { effectKey } from '../../core/flow/key.ts';
import { type Sql, storable, type Transaction, toJson } from './sql.ts';

/** An effect that waits to be performed. */
export interface PendingEffect {
  readonly key: string;
  /** What it is found by on GitHub: its key, or the one that it had before its repository was renamed. */
  readonly mark: string;
  readonly lane: string;
  readonly aggregate: AggregateRef;
  readonly effect: Effect;
  /** Ms since the epoch. */
  readonly notBefore: number;
  readonly createdAt: number;
  readonly attempts: number;
  /** `traceparent` of the decision; null: it was not traced. */
  readonly trace: string | null;
}

export type Outcome = EffectSettled['outcome'];

interface Row {
  key: string;
  marked_as: string | null;
  lane: string;
  aggregate_kind: AggregateRef['kind'];
  repository: string;
  aggregate_key: string;
  effect: Effect;
  not_before: Date;
  attempts: number;
  trace: string | null;
  created_at: Date;
}

/** Stores decided effects and returns those that were new: one decided before is not performed again. */
export async function planEffects(
  tx: Transaction,
  aggregate: AggregateRef,
  planned: readonly (PlannedEffect & { readonly lane: string })[],
  now: number,
  trace: string | null = null,
): Promise<readonly PendingEffect[]> {
  const stored: PendingEffect[] = [];
  for (const { id, effect, lane, notBefore = now } of planned) {
    const key = effectKey(aggregate, id);
    const { rowCount } = await tx.query(
      `insert into effects (key, lane, aggregate_kind, repository, aggregate_key, kind, effect, not_before, created_at, trace)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (key) do nothing`,
      [
        key,
        lane,
        aggregate.kind,
        aggregate.repository,
        aggregate.key,
        effect.kind,
        toJson(effect),
        new Date(notBefore),
        new Date(now),
        trace,
      ],
    );
    if (rowCount === 1)
      stored.push({ key, mark: key, lane, aggregate, effect, notBefore, createdAt: now, attempts: 0, trace });
  }
  return stored;
}

/** The effect when it still waits; null when it is settled or unknown. */
export async function readPendingEffect(sql: Sql, key: string): Promise<PendingEffect | null> {
  const { rows } = await sql.query<Row>(`select * from effects where key = $1 and state = 'pending'`, [key]);
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Effects of a lane that wait, due or not, in the order in which they were decided. */
export async function waitingEffects(sql: Sql, lane: string): Promise<readonly PendingEffect[]> {
  const { rows } = await sql.query<Row>(
    `select * from effects where lane = $1 and state = 'pending' order by seq`,
    [lane],
  );
  return rows.map(fromRow);
}

/** Marks the effect as settled. False when somebody else did so before: then its outcome must not count again. */
export async function settleEffect(
  tx: Transaction,
  key: string,
  outcome: Outcome,
  now: number,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update effects set state = $2, outcome = $3, settled_at = $4, attempts = attempts + 1
      where key = $1 and state = 'pending'`,
    [key, outcome.ok ? 'done' : 'failed', toJson(outcome), new Date(now)],
  );
  return rowCount === 1;
}

/** Counts a failed attempt and names the time of the next one. */
export async function postponeEffect(
  tx: Transaction,
  key: string,
  error: string,
  notBefore: number,
): Promise<void> {
  await tx.query(
    `update effects set attempts = attempts + 1, last_error = $2, not_before = $3
      where key = $1 and state = 'pending'`,
    [key, storable(error).slice(0, 2_000), new Date(notBefore)],
  );
}

/** What was postponed for a repository is due now: the keys. */
export async function wakeEffects(
  tx: Transaction,
  repository: string,
  now: number,
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ key: string }>(
    `update effects set not_before = $2
      where repository = $1 and state = 'pending' and attempts > 0 and not_before > $2 returning key`,
    [repository, new Date(now)],
  );
  return rows.map(({ key }) => key);
}

/** Effects that wait and were due before `dueBefore`: what a killed process left. */
export async function pendingEffects(
  sql: Sql,
  dueBefore: number,
): Promise<readonly { readonly key: string; readonly notBefore: number }[]> {
  const { rows } = await sql.query<Row>(
    `select key, not_before from effects where state = 'pending' and not_before <= $1
     order by not_before limit 10000`,
    [new Date(dueBefore)],
  );
  return rows.map((row) => ({ key: row.key, notBefore: row.not_before.getTime() }));
}

/** Effects of one kind that an aggregate has behind it, newest first. */
export async function settledEffects<Kind extends Effect['kind']>(
  sql: Sql,
  aggregate: AggregateRef,
  kind: Kind,
): Promise<readonly { readonly key: string; readonly effect: Extract<Effect, { kind: Kind }> }[]> {
  const { rows } = await sql.query<Row>(
    `select * from effects where repository = $1 and aggregate_kind = $2 and aggregate_key = $3
        and kind = $4 and state = 'done' order by seq desc`,
    [aggregate.repository, aggregate.kind, aggregate.key, kind],
  );
  return rows.map((row) => ({ key: row.key, effect: row.effect as Extract<Effect, { kind: Kind }> }));
}

function fromRow(row: Row): PendingEffect {
  return {
    key: row.key,
    mark: row.marked_as ?? row.key,
    lane: row.lane,
    aggregate: { kind: row.aggregate_kind, repository: row.repository, key: row.aggregate_key },
    effect: row.effect,
    notBefore: row.not_before.getTime(),
    createdAt: row.created_at.getTime(),
    attempts: row.attempts,
    trace: row.trace,
  };
}
