import type { Finding } from '../../core/gate/result.ts';
import { plural } from '../../core/gate/verdict.ts';
import { show } from './budgets.ts';
import type { PerfFacts } from './collect.ts';
import type { Comparison } from './compare.ts';
import type { Drift } from './drift.ts';
import type { Headroom } from './headroom.ts';
import type { PastRun, PerfRun, Threshold } from './model.ts';
import type { HeadroomOptions } from './options.ts';

/** Codes that are a breach; any other finding of level error means that nothing could be decided. */
export const failing: ReadonlySet<string> = new Set([
  'error-rate',
  'threshold-breached',
  'budget-exceeded',
  'regression',
  'headroom-too-small',
  'drift',
]);

export function findingsOfFiles(facts: PerfFacts): readonly Finding[] {
  const { baseline, baselineProblem } = facts;
  const findings: Finding[] = facts.unreadable.map(({ path, reason }) => ({
    code: 'result-unreadable',
    level: 'error',
    message: `${path}: ${reason}`,
    help: 'Write the result with one of the tools named, or name its format in gates.perf.results.',
    path,
  }));
  for (const path of facts.missing) {
    const help = 'Let the step before write it, or correct gates.perf.results.';
    findings.push({ code: 'result-missing', level: 'error', message: `there is no ${path}`, help });
  }
  for (const path of facts.stale) {
    const help = 'Run the load before the gate, and do not commit its result.';
    const message = `${path} is byte for byte the file of the base branch: nobody measured this change`;
    findings.push({ code: 'result-stale', level: 'error', message, help, path });
  }
  if (baselineProblem !== null) {
    const help = 'Correct the baseline on the base branch, or what keeps the Conductor from giving its own.';
    findings.push({
      code: 'baseline-unreadable',
      level: 'error',
      message: `the baseline: ${baselineProblem}`,
      help,
    });
  }
  if (facts.runs.length === 0 && findings.length === 0) {
    const help = 'Add a step that writes perf/summary.json, or name the results in gates.perf.results.';
    findings.push({ code: 'no-results', level: 'notice', message: 'There is no result to judge.', help });
  }
  if (facts.runs.length > 0 && baseline === null && baselineProblem === null) {
    const help =
      'Let a Conductor keep what promoted releases measured (conductor-url), or commit a baseline to the base branch.';
    findings.push({
      code: 'no-baseline',
      level: 'notice',
      message: 'There is no baseline to compare with.',
      help,
    });
  }
  return findings;
}

/** What k6 said about its own thresholds. */
export function checkThresholds(run: PerfRun): readonly Finding[] {
  return run.thresholds.flatMap((threshold) => findingOfThreshold(run.path, threshold) ?? []);
}

function findingOfThreshold(path: string, { metric, expression, state }: Threshold): Finding | null {
  const named = `${path}: the threshold ${metric}: ${expression}`;
  switch (state) {
    case 'ok':
      return null;
    case 'breached': {
      const help = 'Make it faster, or change the threshold in the load script on purpose.';
      return { code: 'threshold-breached', level: 'error', message: `${named} is breached`, help, path };
    }
    case 'empty': {
      const help = 'Correct the name or the tags of the metric; k6 calls such a threshold fulfilled.';
      const message = `${named} is over a metric without samples`;
      return { code: 'threshold-over-nothing', level: 'error', message, help, path };
    }
  }
}

export function findingsOfComparison(comparison: Comparison): readonly Finding[] {
  const { metric, state, change, current, baseline, runs, detectable, method } = comparison;
  const worse =
    baseline === 0
      ? `${metric} is no longer 0 (${show(current)}, ${plural(runs, 'run')})`
      : `${metric} is ${percent(change)} worse than the baseline (${show(current)} after ${show(baseline)}, ${plural(runs, 'run')})`;
  const data = { ...comparison };
  switch (state) {
    case 'ok':
      return [];
    case 'regressed':
      return [
        {
          code: 'regression',
          level: 'error',
          message: method === 'tolerance' ? `${worse}; how much runs vary by chance is not known` : worse,
          help: 'Profile what this change made slower.',
          data,
        },
      ];
    case 'uncertain': {
      const seen = detectable === null ? '' : `; only ${percent(detectable)} and more would be seen reliably`;
      const help = 'Repeat the run, run longer, or make the machine quieter.';
      return [
        {
          code: 'regression-uncertain',
          level: 'error',
          message: `${worse}, but past runs vary as much${seen}`,
          help,
          data,
        },
      ];
    }
  }
}

/** Said whenever the tolerance alone decided, whichever way it did. */
export function findingsOfFewRuns(comparisons: readonly Comparison[], minRuns: number): readonly Finding[] {
  const alone = comparisons.filter(({ method }) => method === 'tolerance');
  if (alone.length === 0) return [];
  const runs = Math.max(...alone.map((comparison) => comparison.runs));
  return [
    {
      code: 'few-past-runs',
      level: 'notice',
      message: `${plural(alone.length, 'metric')} compared by the tolerance alone: there ${runs === 1 ? 'is' : 'are'} ${plural(runs, 'past run')}, and ${minRuns} tell how much runs vary by chance`,
      help: 'Let more releases be promoted, or keep samples of the run (k6 --out json, JMeter’s JTL, go test -count).',
      data: { metrics: alone.map(({ metric }) => metric), runs },
    },
  ];
}

/** What the newest past run measured and this one does not: a regression would be hidden by measuring it no more. */
export function findingsOfGone(measured: readonly string[], past: readonly PastRun[]): readonly Finding[] {
  const before = Object.keys(past.at(-1)?.metrics ?? {});
  const gone = before.filter((name) => !measured.includes(name));
  // Where nothing is left the results are of something else, and nothing was compared at all.
  if (gone.length === 0 || gone.length === before.length) return [];
  const shown = gone.length > 12 ? `${gone.slice(0, 12).join(', ')} …` : gone.join(', ');
  return [
    {
      code: 'no-longer-measured',
      level: 'notice',
      message: `the newest past run has what this one does not measure: ${shown}`,
      help: 'Measure it again, if it was not left out on purpose.',
      data: { metrics: gone },
    },
  ];
}

/** Slow loss over many releases, each of them within tolerance of the one before. */
export function findingsOfDrift({
  metric,
  drifted,
  change,
  best,
  current,
  changes,
}: Drift): readonly Finding[] {
  if (!drifted) return [];
  const steps = changes
    .filter((one) => one.change > 0)
    .map((one) => `${percent(one.change)} at ${one.sha?.slice(0, 7) ?? one.at ?? 'an unnamed run'}`);
  const where = steps.length === 0 ? '' : `; its level fell by ${steps.join(', ')}`;
  return [
    {
      code: 'drift',
      level: 'error',
      message: `${metric} is ${percent(change)} worse than its best level (${show(current)} after ${show(best)})${where}`,
      help: 'Win it back, or accept the new level on purpose: gates.perf.comparison.accepted, with the reason.',
      data: { metric, best, current, change, changes },
    },
  ];
}

export function findingsOfHeadroom(
  headroom: Headroom,
  options: HeadroomOptions | undefined,
): readonly Finding[] {
  if (options === undefined) return [];
  switch (headroom.state) {
    case 'not-configured':
      return [];
    case 'not-measured':
      return [
        {
          code: 'headroom-not-measured',
          level: options.on_unmeasured === 'warn' ? 'warning' : 'error',
          message: `headroom could not be measured: ${headroom.reason}`,
          help: 'Run a step load up to the rate where the objective breaks (see actions/perf/README.md).',
        },
      ];
    case 'measured': {
      const { headroom: share, capacity, peak } = headroom;
      if (share.low >= options.min) return [];
      const found = `${(100 * share.low).toFixed(1)} %`;
      return [
        {
          code: 'headroom-too-small',
          level: 'error',
          message: `headroom is ${found}, less than ${100 * options.min} %: a peak of ${show(peak.high)} req/s, a capacity of ${show(capacity.low)} req/s`,
          help: 'Add capacity, or make requests cheaper, before more traffic comes.',
          data: { headroom: share.low, capacity: capacity.low, peak: peak.high },
        },
      ];
    }
  }
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
