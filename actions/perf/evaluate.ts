import type { Evaluation } from '../../core/gate/gate.ts';
import { plain } from '../../core/gate/plain.ts';
import type { Finding, Verdict } from '../../core/gate/result.ts';
import { plural } from '../../core/gate/verdict.ts';
import { pastOf } from './accepted.ts';
import { checkBudgets } from './budgets.ts';
import type { PerfFacts } from './collect.ts';
import { type Comparison, compareMetric } from './compare.ts';
import { type Drift, driftOf } from './drift.ts';
import { baselineSummary, evidenceOf, runDocument } from './evidence.ts';
import {
  checkThresholds,
  failing,
  findingsOfComparison,
  findingsOfDrift,
  findingsOfFewRuns,
  findingsOfFiles,
  findingsOfGone,
  findingsOfHeadroom,
} from './findings.ts';
import { type Headroom, headroomOf } from './headroom.ts';
import { type Measured, measuredIn, metricsOf } from './measured.ts';
import { type Metric, type PastRun, type PerfRun, supportsMetric } from './model.ts';
import type { PerfOptions } from './options.ts';
import { checkValidity } from './validity.ts';

/** Pure: the same options and facts give the same evaluation. */
export function evaluatePerf(options: PerfOptions, facts: PerfFacts, sha: string, now: number): Evaluation {
  const past = facts.baseline?.runs ?? [];
  const measured = measuredIn(facts.runs);
  const compared = measured.filter((one) => isCompared(one, options));
  const comparisons = compareAll(options, compared, past, now);
  const drifts = driftAll(options, compared, past, now);
  const headroom = headroomOf(options.headroom, facts.headroom, facts.runs, now);
  const findings = [
    ...findingsOfFiles(facts),
    ...facts.runs.flatMap((run) => [...checkValidity(run, options.validity), ...checkThresholds(run)]),
    ...checkBudgets(options.budgets, facts.runs),
    ...comparisons.flatMap(findingsOfComparison),
    ...findingsOfFewRuns(comparisons, options.comparison.min_runs),
    ...findingsOfGone(
      measured.map(({ key }) => key),
      past,
    ),
    ...drifts.filter(isNews(comparisons)).flatMap(findingsOfDrift),
    ...findingsOfHeadroom(headroom, options.headroom),
  ];
  const verdict = verdictOf(facts, findings);
  return {
    verdict,
    summary: summarize(facts, comparisons, headroom, findings, verdict),
    findings: plain(findings),
    measurements: plain({
      headroom: headroom.state === 'measured' ? headroom.headroom.low : null,
      runs: facts.runs.map((run) => ({ ...runDocument(run), metrics: valuesOf(run) })),
      comparisons,
      drifts,
      baseline: baselineSummary(facts.baseline),
      measured: measuredOf(options, facts.runs),
    }),
    evidence: evidenceOf(options.headroom, facts, { verdict, comparisons, drifts, headroom, sha, now }),
  };
}

function verdictOf(facts: PerfFacts, findings: readonly Finding[]): Verdict {
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.some(({ code }) => failing.has(code))) return 'fail';
  if (errors.length > 0) return 'inconclusive';
  if (facts.runs.length === 0) return 'skipped';
  return findings.some(({ level }) => level === 'warning') ? 'warn' : 'pass';
}

/** Compared when nothing else is said: quantiles of latency, throughput, and every micro-benchmark. */
function isCompared({ run, name, key }: Measured, options: PerfOptions): boolean {
  if (!supportsMetric(run, name)) return false;
  const { metrics } = options.comparison;
  if (metrics !== undefined) return metrics.includes(name) || metrics.includes(key);
  if (budgetOf(options, { name, key }) !== undefined) return true;
  return run.load === null || /^latency\.p(50|90|95|97_5|99)$/.test(name) || name === 'throughput';
}

/** The tolerance of this metric alone. */
function budgetOf(
  { budgets }: PerfOptions,
  { name, key }: Pick<Measured, 'name' | 'key'>,
): number | undefined {
  return budgets.find(({ metric, max_regression }) => {
    return (metric === key || metric === name) && max_regression !== undefined;
  })?.max_regression;
}

function compareAll(
  options: PerfOptions,
  compared: readonly Measured[],
  past: readonly PastRun[],
  now: number,
): readonly Comparison[] {
  const { window, accepted } = options.comparison;
  const pairs = compared.map((one) => ({
    one,
    before: pastOf(one, past, accepted, now)
      .slice(-window)
      .flatMap((run) => sameMetric(run.metrics[one.key], one.metric)),
  }));
  const comparable = pairs.filter(({ before }) => before.length > 0);
  return comparable.flatMap(({ one, before }) => {
    const comparison = compareMetric(one.key, one.metric, before, {
      tolerance: budgetOf(options, one) ?? options.comparison.max_regression,
      // Bonferroni: the stated false-alarm rate is of the whole comparison.
      alpha: options.comparison.false_alarm_rate / comparable.length,
      power: options.comparison.power,
      minRuns: options.comparison.min_runs,
    });
    return comparison === null ? [] : [comparison];
  });
}

/** What the comparison with the window has already said is not said again as drift. */
function isNews(comparisons: readonly Comparison[]): (drift: Drift) => boolean {
  const told = new Set(comparisons.filter(({ state }) => state !== 'ok').map(({ metric }) => metric));
  return ({ metric }) => !told.has(metric);
}

/** Against the whole history, not only the window: what came before the window is what drift is measured by. */
function driftAll(
  options: PerfOptions,
  compared: readonly Measured[],
  past: readonly PastRun[],
  now: number,
): readonly Drift[] {
  const { max_drift: maxDrift, accepted, false_alarm_rate: falseAlarmRate } = options.comparison;
  const alpha = falseAlarmRate / compared.length;
  return compared.flatMap(
    (one) => driftOf(one.key, one.metric, pastOf(one, past, accepted, now), { maxDrift, alpha }) ?? [],
  );
}

/** A metric whose unit has changed cannot be compared. */
function sameMetric(past: Metric | undefined, current: Metric): readonly Metric[] {
  return past !== undefined && past.unit === current.unit ? [past] : [];
}

function summarize(
  facts: PerfFacts,
  comparisons: readonly Comparison[],
  headroom: Headroom,
  findings: readonly Finding[],
  verdict: Verdict,
): string {
  if (facts.runs.length === 0) return verdict === 'skipped' ? 'No result to judge' : 'No usable result';
  const breaches = findings.filter(({ level, code }) => level === 'error' && failing.has(code)).length;
  const parts = [plural(facts.runs.length, 'result')];
  if (comparisons.length > 0)
    parts.push(`${plural(comparisons.length, 'metric')} ${comparedBy(comparisons)}`);
  if (headroom.state === 'measured') parts.push(`headroom ${(100 * headroom.headroom.low).toFixed(0)} %`);
  if (verdict === 'fail') parts.push(`${breaches} over budget`);
  if (verdict === 'inconclusive') parts.push('not valid enough to judge');
  return parts.join(', ');
}

function comparedBy(comparisons: readonly Comparison[]): string {
  return comparisons.every(({ method }) => method === 'tolerance')
    ? 'compared by tolerance alone'
    : 'compared';
}

/** What a release that is promoted with this result adds to the Conductor's baseline. */
function measuredOf({ service, environment }: PerfOptions, runs: readonly PerfRun[]) {
  return runs.length === 0 ? null : { service, environment, metrics: metricsOf(runs) };
}

function valuesOf({ metrics }: PerfRun): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
}
