import { randomFrom } from '../../core/stats/random.ts';
import { awaits } from './awaits.ts';
import type { Between, PickOne } from './draw.ts';
import type { MetricsMood } from './metrics.ts';
import type { PipelineMood } from './pipeline.ts';
import { callFaults, type Fault, fits, mainTag, type Plan, troubleFor } from './plan.ts';
import { actsOf } from './plan-acts.ts';

const sixHours = 6 * 3_600_000;

/** What a fault of chance is aimed at: where most happens, and whole families of awaits. */
const targets = [
  'db commit',
  'db begin',
  'db lock*',
  'db select*',
  'db insert*',
  'db update*',
  'db send*',
  'db unlock',
  'db rollback',
  'github GET*',
  'github POST*',
  'github PATCH*',
  'github POST /deployments',
  'github GET /deployments*',
  'github POST /issues*',
  'github POST /releases',
  'github PATCH /releases*',
  'github POST upload',
  'github GET /git/ref*',
  'github POST /check-runs',
  'queue take*',
  'metrics read',
  'blobs*',
] as const;

/** Every await with everything that can happen to it. */
const pairs = awaits.flatMap((label) =>
  callFaults.filter((kind) => fits(kind, label)).map((kind) => ({ label, kind })),
);

/** The history of a seed. Every fourth or so has no fault at all or a single one: those are the easiest to read. */
export function planOf(seed: number): Plan {
  const random = randomFrom(seed * 2_654_435_761);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const pick = <T>(items: readonly T[]): T => items[between(0, items.length - 1)] as T;
  const count = seed % 16 === 0 ? 0 : pick([0, 1, 3, 5, 8, 13]);
  const faults = [
    ...(seed % 16 === 0 ? [] : [nextPair(seed, between)]),
    ...Array.from({ length: count }, () => faultOf(between, pick)),
  ];
  return {
    seed,
    replicas: between(2, 3),
    advance: pick(['auto', 'auto', 'manual']),
    onNewTag: seed % 3 === 2 ? 'supersede' : 'queue',
    quality: pick([
      { errorRate: 0.002, from: 0 },
      { errorRate: 0.002, from: 0 },
      { errorRate: 0.3, from: 0 },
      { errorRate: 0.25, from: between(120_000, 420_000) },
    ]),
    skews: Array.from({ length: 3 }, () => between(-1_500, 1_500)),
    faults: faults.toSorted((a, b) => a.at - b.at),
    acts: actsOf(between, pick).toSorted((a, b) => a.at - b.at),
  };
}

/** One await after the other, each with one fault after the other: so none is left to chance. */
function nextPair(seed: number, between: Between): Fault {
  const pair = pairs[seed % pairs.length] as (typeof pairs)[number];
  return { ...pair, at: between(0, 3) === 0 ? between(0, troubleFor / 4) : 0, skip: between(0, 3) };
}

function faultOf(between: Between, pick: PickOne): Fault {
  const at = between(0, troubleFor);
  const dice = between(1, 100);
  if (dice <= 62) {
    const kind = pick(callFaults);
    return { kind, at, label: pick(targets.filter((label) => fits(kind, label))), skip: between(0, 6) };
  }
  if (dice <= 80) {
    return {
      kind: 'webhook',
      at,
      what: pick(['dropped', 'duplicated', 'late', 'forged']),
      by: between(5_000, 240_000),
    };
  }
  if (dice <= 83)
    return {
      kind: 'github down',
      at,
      for: between(1, 20) === 1 ? sixHours : pick([20_000, 60_000, 180_000, 900_000]),
    };
  if (dice <= 91) {
    const mood = pick<MetricsMood>(['unreachable', 'NaN', 'late', 'doubled', 'missing']);
    return { kind: 'metrics', at, for: between(5_000, 180_000), mood };
  }
  if (dice <= 94) return { kind: 'counters reset', at, version: pick(['v1.0.0', mainTag]) };
  if (dice === 95) return { kind: 'rolling update', at };
  if (dice === 96) return { kind: 'clock of the database jumps', at, by: pick([-20_000, 20_000]) };
  if (dice <= 98) {
    return { kind: 'clock jump', at, replica: between(0, 2), by: pick([-600_000, -30_000, 30_000, 600_000]) };
  }
  return { kind: 'pipeline', at, mood: pick<PipelineMood>(['fails', 'hangs', 'is slow']) };
}
