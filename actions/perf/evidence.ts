import type { EvidenceFile } from '../../core/gate/gate.ts';
import type { Verdict } from '../../core/gate/result.ts';
import { nextBaseline } from './baseline.ts';
import { trendCharts } from './chart.ts';
import type { PerfFacts } from './collect.ts';
import type { Comparison } from './compare.ts';
import type { Drift } from './drift.ts';
import type { Headroom, LoadStep } from './headroom.ts';
import { headroomCharts } from './headroom-chart.ts';
import type { Baseline, PerfRun } from './model.ts';
import type { HeadroomOptions } from './options.ts';

interface Judged {
  readonly verdict: Verdict;
  readonly comparisons: readonly Comparison[];
  readonly drifts: readonly Drift[];
  readonly headroom: Headroom;
  readonly sha: string;
  readonly now: number;
}

/** `perf/*`: what was measured, the headroom, a picture, and the baseline that follows from a release. */
export function evidenceOf(
  options: HeadroomOptions | undefined,
  facts: PerfFacts,
  judged: Judged,
): readonly EvidenceFile[] {
  const { verdict, comparisons, drifts, headroom, sha, now } = judged;
  const { runs, baseline } = facts;
  const summary = {
    schema_version: 1,
    verdict,
    runs: runs.map(runDocument),
    baseline: baselineSummary(baseline),
    comparisons,
    drifts,
  };
  return [
    jsonFile('perf/summary.json', summary),
    jsonFile('perf/headroom.json', headroomDocument(headroom, facts.headroom.steps)),
    ...trendCharts(comparisons, drifts, baseline),
    ...headroomCharts(options, headroom, facts.headroom.steps),
    jsonFile('perf/baseline.json', nextBaseline(baseline, runs, sha, now)),
  ];
}

/** Which past a run was compared with: its place and its digest, not all of it. */
export function baselineSummary(baseline: Baseline | null) {
  return baseline && { ...baseline, runs: baseline.runs.length };
}

/** A run in the words of the documents: snake case, as everywhere outside the program. */
export function runDocument({ tool, path, load, metrics, thresholds }: PerfRun) {
  return {
    tool,
    path,
    metrics,
    thresholds,
    load: load && {
      duration_ms: load.durationMs,
      requests: load.requests,
      failures: load.failures,
      statuses: load.statuses && {
        client_errors: load.statuses.clientErrors,
        too_many_requests: load.statuses.tooManyRequests,
        server_errors: load.statuses.serverErrors,
      },
      dropped: load.dropped,
      iterations: load.iterations,
      generator_exhausted: load.generatorExhausted,
    },
  };
}

function headroomDocument(headroom: Headroom, steps: readonly LoadStep[]) {
  const shownSteps = steps.map(({ errorRate, ...step }) => ({ ...step, error_rate: errorRate }));
  if (headroom.state !== 'measured') return { schema_version: 1, ...headroom, steps: shownSteps };
  const { daysLeft, peak, ...measured } = headroom;
  const { perDay, ...shownPeak } = peak;
  return {
    schema_version: 1,
    ...measured,
    peak: { ...shownPeak, per_day: perDay },
    days_left: daysLeft,
    steps: shownSteps,
  };
}

function jsonFile(path: string, document: unknown): EvidenceFile {
  const bytes = new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
  return { path, mediaType: 'application/json', bytes };
}
