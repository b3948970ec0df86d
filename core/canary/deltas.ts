import type { ArmReading } from '../ports/metrics.ts';
import { comparedOf } from './compared-deltas.ts';
import type { ArmDelta, Counters, CountersById } from './counters.ts';
import type { ComparedSetting } from './settings.ts';

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
  edges: number,
  compared: readonly ComparedSetting[] = [],
): { readonly delta: ArmDelta; readonly counters: CountersById } {
  const counters: Record<string, Counters> = { ...known };
  let delta: ArmDelta = { requests: 0, errors: 0, slow: new Array<number>(edges).fill(0) };
  for (const instance of arm.instances.slice(0, instanceLimit)) {
    const now = countersOf(instance, edges, compared.length);
    if (!isCounters(now)) continue;
    const before = Object.hasOwn(known, instance.id) ? known[instance.id] : undefined;
    counters[instance.id] = now;
    const change = before === undefined ? null : difference(before, now);
    if (change !== null) delta = sum(delta, change);
  }
  const figures = compared.length === 0 ? {} : { compared: comparedOf(known, arm, compared) };
  return { delta: { ...delta, ...figures }, counters: newest(counters, arm) };
}

function countersOf(instance: ArmReading['instances'][number], edges: number, figures: number): Counters {
  const all = [instance.slow, ...(instance.slower ?? [])];
  const slow = Array.from({ length: edges }, (_, i) => all[i] ?? null);
  const counters = { requests: instance.requests, errors: instance.errors, slow };
  if (figures === 0) return counters;
  return { ...counters, compared: Array.from({ length: figures }, (_, i) => instance.compared?.[i] ?? null) };
}

function difference(before: Counters, now: Counters): Counters | null {
  if (now.requests < before.requests) return now;
  const errors = now.errors - before.errors;
  const slow = now.slow.map((count, i) => {
    const earlier = before.slow[i] ?? null;
    return count === null || earlier === null ? null : count - earlier;
  });
  if (errors < 0 || slow.some((count) => count !== null && count < 0)) return null;
  return { requests: now.requests - before.requests, errors, slow };
}

function sum(delta: ArmDelta, change: Counters): ArmDelta {
  const most = (count: number): number => Math.min(count, change.requests);
  return {
    requests: delta.requests + change.requests,
    errors: delta.errors + most(change.errors),
    slow: delta.slow.map((total, i) => {
      const count = change.slow[i] ?? null;
      return total === null || count === null ? null : total + most(count);
    }),
  };
}

function isCounters(value: Counters): boolean {
  const isCount = (count: number): boolean => Number.isFinite(count) && count >= 0;
  const isKnown = (count: number | null): boolean => count === null || isCount(count);
  return isCount(value.requests) && isCount(value.errors) && value.slow.every(isKnown);
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
