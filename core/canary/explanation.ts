import { percent } from './reasons.ts';
import type { JudgeRecord } from './record.ts';
import { firstWith, type Moment, replayWith } from './replay.ts';
import { isHarmful, weightsOf } from './settings.ts';

/** Other bounds on a false rollback, to see how clear the case was. */
const otherAlphas = [0.05, 0.01, 0.001, 0.0001] as const;

/** A table in words; its first column names the row, the others are numbers. */
export interface ExplainedTable {
  readonly head: readonly string[];
  readonly rows: readonly ExplainedRow[];
}

export interface ExplainedRow {
  readonly cells: readonly string[];
  /** It is what decides. */
  readonly decides: boolean;
}

/** Why the judge said what it said about one step. */
export interface Explanation {
  readonly verdict: string;
  readonly readings: number;
  readonly reasons: readonly string[];
  /** Requests and errors of both versions; the evidence of every metric; when other bounds would have decided. */
  readonly tables: readonly ExplainedTable[];
  /** Said only when more clustering was seen, or had to be assumed, than was declared. */
  readonly clusters: string | null;
  /** When the step was ready: `after 40 s`, `not`. */
  readonly ready: string;
}

/** Null when nothing was measured. `moments`: the record's replay. */
export function explanationOf(record: JudgeRecord, moments: readonly Moment[]): Explanation | null {
  const last = moments.at(-1);
  if (last === undefined) return null;
  return {
    verdict: last.verdict,
    readings: moments.length,
    reasons: last.reasons.map(({ message }) => message),
    tables: [armsTable(last), evidenceTable(record, last), whenTable(record)],
    clusters: clusterNote(record, last),
    ready: after(record, firstWith(moments, 'ready')),
  };
}

function armsTable({ values }: Moment): ExplainedTable {
  const value = (name: string): number => values[name] ?? 0;
  const row = (arm: 'canary' | 'baseline'): ExplainedRow => {
    const requests = value(`${arm}_requests`);
    const rate = (name: string): string => (requests === 0 ? '–' : percent(value(`${arm}_${name}`)));
    const counts = [requests, value(`${arm}_errors`)].map(String);
    return { cells: [arm, ...counts, rate('error_rate'), rate('slow_rate')], decides: false };
  };
  return { head: ['', 'requests', 'errors', 'error rate', 'slow'], rows: [row('canary'), row('baseline')] };
}

/** Every metric's own evidence, and what it needs to decide by itself. */
/** The weights follow from the readings, so they are asked of them again. */
function evidenceTable(record: JudgeRecord, { values }: Moment): ExplainedTable {
  const measuresSlow = (values.measures_slow ?? 1) === 1;
  const { alpha, beta, compared = [] } = record.settings;
  const weights = weightsOf(record.settings, measuresSlow);
  const row = (name: string, key: string, line: number, decides = false): ExplainedRow => ({
    cells: [name, evidence(values[key] ?? 0), Number.isFinite(line) ? String(Math.round(line)) : 'never'],
    decides,
  });
  return {
    head: ['evidence', 'e-value', 'decides at'],
    rows: [
      row('harm, all merged', 'ln_e_merged', 1 / alpha, true),
      row('errors against the baseline', 'ln_e_errors', 1 / alpha / weights.metric.errors),
      row('slow requests against the baseline', 'ln_e_slow', 1 / alpha / weights.metric.slow),
      row('error rate against the limit', 'ln_e_absolute', 1 / alpha / weights.metric.absolute),
      row('p95 against the limit', 'ln_e_tail', 1 / alpha / weights.metric.tail),
      ...compared.map((figure) => {
        const against = `${figure.name} against ${figure.limit === undefined ? 'the baseline' : 'its limit'}`;
        const key = `ln_e_of_${figure.name}`;
        if (!isHarmful(figure)) return row(`${against} (no promotion)`, key, 1 / alpha);
        return row(against, key, 1 / alpha / weights[figure.kind === 'events' ? 'compared' : 'gauge']);
      }),
      row('health: error rate below the limit', 'ln_e_below_limit', 1 / beta, true),
    ],
  };
}

/** Then the first minutes' bound was too optimistic. */
function clusterNote({ settings }: JudgeRecord, { values }: Moment): string | null {
  const { cluster = 1, dispersion = 1, assumed_cluster: assumed } = values;
  if (cluster <= settings.cluster) return null;
  if (cluster === assumed) {
    return `Nothing is known yet of how errors come: harm is judged as if one cause made up to ${assumed} of them. Declare \`canary.error_cluster\` (1: each has its own cause) to be quicker.`;
  }
  const seen = `index of dispersion ${dispersion.toFixed(1)}, judged as clusters of ${cluster.toFixed(1)}`;
  return `Errors come in clusters (${seen}): declare \`canary.error_cluster\`, or count users.`;
}

function whenTable(record: JudgeRecord): ExplainedTable {
  const rollback = otherAlphas.map((alpha) =>
    after(record, firstWith(replayWith(record, { alpha }), 'rollback')),
  );
  return {
    head: ['would have been decided', ...otherAlphas.map((alpha) => `α = ${alpha}`)],
    rows: [{ cells: ['rollback', ...rollback], decides: false }],
  };
}

function after(record: JudgeRecord, moment: Moment | null): string {
  return moment === null ? 'not' : `after ${Math.round((moment.at - record.opening.since) / 1_000)} s`;
}

/** An e-value from its logarithm, short: 0.04, 12, 3.1e+5. */
function evidence(ln: number): string {
  const power = ln / Math.LN10;
  if (power > 300) return '> 1e+300';
  const e = Math.exp(ln);
  return power >= 4 || power < -2 ? e.toExponential(1) : String(Number(e.toPrecision(3)));
}
