import { callFaults, fits, type Plan } from './plan.ts';
import type { Outcome } from './run.ts';

/** What many seeds showed together. Plain data: workers send it. */
export interface Summary {
  readonly seeds: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly faults: Readonly<Record<string, number>>;
  /** `<label> × <fault>` that happened. */
  readonly hit: readonly string[];
  readonly labels: readonly string[];
  readonly failures: readonly {
    readonly seed: number;
    readonly invariant: string;
    readonly message: string;
  }[];
}

export const nothing: Summary = {
  seeds: 0,
  steps: 0,
  virtualMs: 0,
  faults: {},
  hit: [],
  labels: [],
  failures: [],
};

export function summaryOf({ seed, steps, elapsed, faults, hit, labels, violation }: Outcome): Summary {
  return {
    seeds: 1,
    steps,
    virtualMs: elapsed,
    faults: Object.fromEntries(faults),
    hit: [...hit],
    labels: [...labels],
    failures:
      violation === null ? [] : [{ seed, invariant: violation.invariant, message: violation.message }],
  };
}

export function together(a: Summary, b: Summary): Summary {
  const faults: Record<string, number> = { ...a.faults };
  for (const [kind, times] of Object.entries(b.faults)) faults[kind] = (faults[kind] ?? 0) + times;
  return {
    seeds: a.seeds + b.seeds,
    steps: a.steps + b.steps,
    virtualMs: a.virtualMs + b.virtualMs,
    faults,
    hit: [...new Set([...a.hit, ...b.hit])],
    labels: [...new Set([...a.labels, ...b.labels])],
    failures: [...a.failures, ...b.failures],
  };
}

/** The report that `npm run simulate` prints. `seconds` is real time. */
export function render(summary: Summary, seconds: number): string {
  const { seeds, steps, virtualMs, faults, hit, labels } = summary;
  const pairs = labels.flatMap((label) => callFaults.filter((kind) => fits(kind, label))).length;
  const rows = Object.entries(faults)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, times]) => `  ${String(times).padStart(6)}  ${kind}`);
  return [
    `${seeds} seeds in ${seconds.toFixed(1)} s: ${(seeds / seconds).toFixed(1)} a second, ` +
      `${(steps / seeds).toFixed(0)} steps and ${(virtualMs / seeds / 60_000).toFixed(0)} virtual minutes each`,
    'Faults that happened:',
    ...rows,
    `Await × fault: ${hit.length} of ${pairs} pairs hit (${((100 * hit.length) / Math.max(1, pairs)).toFixed(0)} %), ` +
      `${labels.length} kinds of awaits`,
  ].join('\n');
}

/** A history before it happens, a line for each thing that somebody does or that goes wrong. Times are `mm:ss.mmm`. */
export function tellPlan({ replicas, advance, onNewTag, quality, faults, acts }: Plan): readonly string[] {
  const rate = `${(100 * quality.errorRate).toFixed(1)} % errors of the new version`;
  const since = quality.from === 0 ? '' : ` from ${clock(quality.from)} on`;
  const planned = [...acts, ...faults].toSorted((a, b) => a.at - b.at);
  return [
    `  ${replicas} replicas, promotion by ${advance === 'auto' ? 'the Conductor' : 'hand'}, a later tag ${onNewTag === 'queue' ? 'waits' : 'supersedes'}, ${rate}${since}`,
    ...planned.map((one) => {
      const { at, ...rest } = one;
      const after = 'after' in one && one.after !== undefined ? ` after ${one.after}` : '';
      const what = Object.entries(rest).flatMap(([name, value]) =>
        name === 'after' ? [] : `${name} ${value}`,
      );
      return `  ${clock(at)}${after}: ${what.join(', ')}`;
    }),
  ];
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(14, 23);
}
