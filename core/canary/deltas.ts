import type { ArmReading } from '../ports/metrics.ts';
import type { Counters, CountersById } from './state.ts';

/** What happened in one arm since its last reading. `slow` is null when an instance cannot tell. */
export interface ArmDelta {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number | null;
}

/** More processes than this in one arm are not remembered: state must stay small. */
const instanceLimit = 1_000;

/**
 * Differences of cumulative counters, instance by instance.
 * - An instance that is seen for the first time sets its reference and adds nothing: what it counted before is
 *   not known to belong to this interval.
 * - A counter of requests that went down has been reset: all that it shows now happened since (Prometheus'
 *   rule for `increase`).
 * - Errors or slow requests that went down while requests did not are a series that vanished: the reference is
 *   set anew and the interval adds nothing.
 * - An instance that is missing keeps its reference; when it comes back the difference is taken over the gap.
 * - A value that is no count (NaN, infinite, negative) makes the instance's reading unusable.
 */
export function takeDeltas(
  known: CountersById,
  arm: ArmReading,
): { readonly delta: ArmDelta; readonly counters: CountersById } {
  const counters: Record<string, Counters> = { ...known };
  let requests = 0;
  let errors = 0;
  let slow: number | null = 0;
  for (const { id, ...now } of arm.instances.slice(0, instanceLimit)) {
    if (!isCounters(now)) continue;
    const before = Object.hasOwn(known, id) ? known[id] : undefined;
    counters[id] = now;
    if (before === undefined) continue;
    const change = difference(before, now);
    if (change === null) continue;
    requests += change.requests;
    errors += Math.min(change.errors, change.requests);
    slow = slow === null || change.slow === null ? null : slow + Math.min(change.slow, change.requests);
  }
  return { delta: { requests, errors, slow }, counters: newest(counters, arm) };
}

function difference(before: Counters, now: Counters): Counters | null {
  if (now.requests < before.requests) return now;
  const errors = now.errors - before.errors;
  const slow = now.slow === null || before.slow === null ? null : now.slow - before.slow;
  if (errors < 0 || (slow !== null && slow < 0)) return null;
  return { requests: now.requests - before.requests, errors, slow };
}

function isCounters(value: Counters): boolean {
  const isCount = (count: number): boolean => Number.isFinite(count) && count >= 0;
  return isCount(value.requests) && isCount(value.errors) && (value.slow === null || isCount(value.slow));
}

/** Instances of this reading first; of those that are gone only as many as fit. */
function newest(counters: Record<string, Counters>, arm: ArmReading): CountersById {
  const ids = Object.keys(counters);
  if (ids.length <= instanceLimit) return counters;
  const present = new Set(arm.instances.map((instance) => instance.id));
  const kept = ids
    .toSorted((a, b) => Number(present.has(b)) - Number(present.has(a)))
    .slice(0, instanceLimit);
  return Object.fromEntries(kept.map((id) => [id, counters[id] as Counters]));
}
