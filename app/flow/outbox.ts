import {
  appendAudit,
  type Database,
  type Outcome,
  type PendingEffect,
  postponeEffect,
  readPendingEffect,
  settleEffect,
  waitingEffects,
} from '../../adapters/postgres/index.ts';
import { effectNote } from '../../core/flow/effect-note.ts';
import type { Log } from '../../core/ports/system.ts';
import { silentTracing, traceIdOf } from '../../core/ports/tracing.ts';
import { type ApplyPorts, applyEvents, effectQueue } from './apply.ts';
import type { DomainEvent } from './decide.ts';
import { lanePolicy } from './lanes.ts';
import { patienceFor, planRetry } from './retry.ts';
import { tenantOf } from './tenant.ts';

/** What performing an effect led to: a value for `effect.settled`, or the event that its kind names. */
export type Performed =
  | { readonly settled: Readonly<Record<string, unknown>> }
  | { readonly event: DomainEvent };

export interface OutboxPorts extends ApplyPorts {
  readonly database: Database;
  readonly perform: (pending: PendingEffect) => Promise<Performed>;
  readonly now: () => number;
  readonly log: Log;
  readonly performed: (kind: string, outcome: string, seconds: number) => void;
}

/**
 * Performs what is due in the lane of an effect. Nobody else works in the lane meanwhile, and nothing in it overtakes
 * anything: what was postponed counts as much as what is due. A kill before the commit leaves the effect pending: the
 * next process performs it again, and the performer finds what the first one left on GitHub.
 */
export async function performEffect(key: string, ports: OutboxPorts): Promise<void> {
  const asked = await readPendingEffect(ports.database, key);
  if (asked === null) return;
  await ports.database.exclusively(`lane/${asked.lane}`, async () => {
    const waiting = await waitingEffects(ports.database, asked.lane);
    const newest = waiting.at(-1);
    if (newest === undefined) return;
    const inOrder = lanePolicy(newest.effect.kind) === 'in-order';
    const next = inOrder ? (waiting[0] as PendingEffect) : newest;
    if (next.notBefore > ports.now()) return sendAgain(key, next.notBefore, ports);
    await performWaiting(waiting, newest, ports);
  });
}

async function performWaiting(
  waiting: readonly PendingEffect[],
  newest: PendingEffect,
  ports: OutboxPorts,
): Promise<void> {
  const older = waiting.slice(0, -1);
  switch (lanePolicy(newest.effect.kind)) {
    case 'in-order':
      for (const pending of waiting) {
        if (pending.notBefore > ports.now() || !(await attempt(pending, [], ports))) return;
      }
      return;
    case 'newest-counts-for-all':
      await attempt(newest, older, ports);
      return;
    case 'newest-replaces':
      for (const pending of older) await settle(pending, replaced, ports);
      await attempt(newest, [], ports);
  }
}

const replaced: Outcome = {
  ok: false,
  code: 'SUPERSEDED',
  message: 'A later decision for the same target came before this one was carried out',
};

/** False when the effect has to wait: what stands behind it in the lane waits with it. */
async function attempt(
  pending: PendingEffect,
  coveredByIt: readonly PendingEffect[],
  ports: OutboxPorts,
): Promise<boolean> {
  const { span } = ports.tracing ?? silentTracing;
  return span(
    `effect ${pending.effect.kind}`,
    { parent: pending.trace, fields: fieldsOf(pending) },
    async () => {
      const begun = ports.now();
      try {
        const performed = await ports.perform(pending);
        for (const covered of coveredByIt) await settleWith(covered, performed, ports);
        await settleWith(pending, performed, ports);
        ports.performed(pending.effect.kind, 'done', (ports.now() - begun) / 1_000);
        return true;
      } catch (error) {
        return recordFailure(pending, error, ports);
      }
    },
  );
}

/** What log lines of an effect bear: whose it is, which release, which environment. */
function fieldsOf({ key, aggregate, effect }: PendingEffect) {
  return {
    effect: key,
    tenant: tenantOf(aggregate.repository),
    repository: aggregate.repository,
    release: aggregate.kind === 'release' ? aggregate.key : undefined,
    env: 'environment' in effect ? effect.environment : undefined,
  };
}

async function settleWith(pending: PendingEffect, performed: Performed, ports: OutboxPorts): Promise<void> {
  if ('settled' in performed) return settle(pending, { ok: true, value: performed.settled }, ports);
  return settle(pending, { ok: true, value: {} }, ports, performed.event);
}

/** The outcome and what follows from it are one transaction; an outcome that was recorded before counts once. */
async function settle(
  pending: PendingEffect,
  outcome: Outcome,
  ports: OutboxPorts,
  event?: DomainEvent,
): Promise<void> {
  const { key, aggregate, effect } = pending;
  await ports.database.transaction(async (tx) => {
    const now = ports.now();
    if (!(await settleEffect(tx, key, outcome, now))) return;
    const note = effectNote(key, effect, outcome);
    if (note !== null)
      await appendAudit(
        tx,
        aggregate.repository,
        aggregate,
        [note],
        now,
        traceIdOf(ports.tracing?.current() ?? null),
      );
    const settled: DomainEvent = { type: 'effect.settled', key, kind: effect.kind, outcome };
    await applyEvents(tx, [{ ref: aggregate, event: event ?? settled }], ports, now);
  });
}

async function recordFailure(pending: PendingEffect, error: unknown, ports: OutboxPorts): Promise<boolean> {
  const { key, effect, aggregate } = pending;
  const plan = planRetry(error, pending.attempts + 1, ports.now(), patienceFor(effect));
  ports.log.warn(
    {
      effect: key,
      kind: effect.kind,
      repository: aggregate.repository,
      reason: plan.reason,
      again: plan.retry,
    },
    'An effect could not be performed',
  );
  ports.performed(effect.kind, plan.retry ? 'again' : 'failed', 0);
  if (!plan.retry) {
    await settle(pending, { ok: false, code: plan.code, message: plan.reason }, ports);
    return true;
  }
  await ports.database.transaction(async (tx) => {
    await postponeEffect(tx, key, plan.reason, plan.at);
    await ports.queue.send(tx, effectQueue, [{ key, data: { key }, notBefore: plan.at }]);
  });
  return false;
}

/** Bounds of the time after which a job that came too early comes again, ms. */
const shortestRound = 1_000;
const longestRound = 10_000;

/**
 * The job came before its time: its effect, or one that stands in front of it, was postponed. Come again: not at once,
 * which would be a busy loop if the clock differs from the queue's, and before long, because a clock may jump.
 */
async function sendAgain(key: string, due: number, ports: OutboxPorts): Promise<void> {
  const now = ports.now();
  const wait = Math.min(Math.max(due - now, shortestRound), longestRound);
  await ports.queue.send(ports.database, effectQueue, [{ key, data: { key }, notBefore: now + wait }]);
}
