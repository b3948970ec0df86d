import { type BaselineDocument, baselineSchema } from '../../core/gate/baseline.ts';
import { parseBenchmarkHistory } from './formats/benchmark.ts';
import { readRun } from './formats/read.ts';
import { textOf } from './formats/text.ts';
import { metricsOf } from './measured.ts';
import { type Baseline, FormatError, type Metric, type PastRun, type PerfRun } from './model.ts';

/**
 * A baseline: our own file, the history of github-action-benchmark, or simply one result of any known tool.
 * Throws `FormatError`.
 */
export function readBaseline(path: string, bytes: Uint8Array): readonly PastRun[] {
  const text = textOf(bytes);
  const history = parseBenchmarkHistory(text);
  if (history !== null) return history;
  const json = parseJson(text);
  if (!isOwn(json)) {
    const { metrics } = readRun(path, bytes, 'auto');
    return [{ at: null, sha: null, metrics }];
  }
  const parsed = baselineSchema.safeParse(json);
  if (parsed.success) return parsed.data.runs.map(toPastRun);
  const issue = parsed.error.issues[0];
  throw new FormatError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a baseline'}`);
}

/** A history longer than this forgets its oldest runs. */
const longest = 500;

/**
 * The baseline that follows if this run is released: the evidence carries it, and only a promoted release may
 * take its place in the repository or the store.
 */
export function nextBaseline(baseline: Baseline | null, runs: readonly PerfRun[], sha: string, now: number) {
  const metrics = metricsOf(runs);
  const past = (baseline?.runs ?? []).slice(1 - longest);
  return { schema_version: 1, runs: [...past, { at: new Date(now).toISOString(), sha, metrics }] };
}

function toPastRun(run: BaselineDocument['runs'][number]): PastRun {
  const metrics = Object.entries(run.metrics).map(([name, { samples, ...metric }]): [string, Metric] => [
    name,
    samples === undefined ? metric : { ...metric, samples },
  ]);
  return { at: run.at ?? null, sha: run.sha ?? null, metrics: Object.fromEntries(metrics) };
}

function isOwn(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'schema_version' in json && 'runs' in json;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
