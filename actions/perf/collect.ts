import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ConductorError, InputError } from '../../core/errors.ts';
import type { GateIo } from '../../core/gate/gate.ts';
import type { FileTree } from '../../core/ports/system.ts';
import { readBaseline } from './baseline.ts';
import type { PeakPoint } from './forecast.ts';
import { readRun } from './formats/read.ts';
import { largestResult } from './formats/text.ts';
import { type HeadroomFacts, type LoadStep, stepOf } from './headroom.ts';
import { type Baseline, FormatError, type Metric, type PerfRun } from './model.ts';
import type { HeadroomOptions, PerfOptions } from './options.ts';

/** Everything that the verdict is made from. */
export interface PerfFacts {
  readonly runs: readonly PerfRun[];
  /** Files that could not be read as a result. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  /** Results that the config names and that are not there. */
  readonly missing: readonly string[];
  /** Results that are the base branch's own file: nobody measured this change. */
  readonly stale: readonly string[];
  readonly baseline: Baseline | null;
  readonly baselineProblem: string | null;
  readonly headroom: HeadroomFacts;
}

const defaultResults = [
  { path: 'perf/summary.json', format: 'auto', better: undefined },
  { path: 'perf/results/*', format: 'auto', better: undefined },
] as const;

export async function collectPerf(options: PerfOptions, io: GateIo): Promise<PerfFacts> {
  const results = await readResults(options, io);
  const baseline = await readPast(options, io);
  const headroom = await readHeadroom(options.headroom, io.files);
  return { ...results, ...baseline, headroom };
}

async function readResults(options: PerfOptions, { files, baseFiles }: GateIo) {
  const runs = new Map<string, PerfRun>();
  const unreadable: { path: string; reason: string }[] = [];
  const missing: string[] = [];
  const stale: string[] = [];
  for (const { path: glob, format, better } of options.results ?? defaultResults) {
    const listed = await files.list([glob]);
    // `perf/results/*` also finds what keeps the folder in git.
    const paths = glob.includes('*') ? listed.filter((path) => !isHidden(path)) : listed;
    if (paths.length === 0 && options.results !== undefined) missing.push(glob);
    for (const path of paths.filter((one) => !runs.has(one))) {
      try {
        const bytes = (await files.read(path, largestResult)) ?? new Uint8Array();
        const before = (await baseFiles?.read(path, largestResult)) ?? null;
        if (before !== null && Buffer.compare(before, bytes) === 0) stale.push(path);
        runs.set(path, facing(readRun(path, bytes, format), better));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        unreadable.push({ path, reason: error.message });
      }
    }
  }
  return { runs: [...runs.values()], unreadable, missing, stale };
}

function isHidden(path: string): boolean {
  return /(?:^|\/)\.[^/]*$/.test(path);
}

/** The direction that the config knows and the file does not. */
function facing(run: PerfRun, better: Metric['better'] | undefined): PerfRun {
  if (better === undefined) return run;
  const metrics = Object.entries(run.metrics).map(([name, metric]) => [name, { ...metric, better }]);
  return { ...run, metrics: Object.fromEntries(metrics) };
}

type Past = Pick<PerfFacts, 'baseline' | 'baselineProblem'>;

/**
 * What promoted releases measured, where a Conductor keeps it; the file until it knows of one. A Conductor that does
 * not answer is no reason to compare with something weaker.
 */
async function readPast(options: PerfOptions, io: GateIo): Promise<Past> {
  if (io.baselines === undefined) return readBaselineFile(options.baseline, io);
  const { service, environment } = options;
  try {
    const { address, bytes } = await io.baselines.readPerf({ service, environment });
    const past = parsePast(address, 'conductor', bytes);
    return past.baseline?.runs.length === 0 ? readBaselineFile(options.baseline, io) : past;
  } catch (error) {
    if (!(error instanceof ConductorError)) throw error;
    return { baseline: null, baselineProblem: `${error.message} ${error.help}` };
  }
}

/** From the base branch when there is one: a pull request must not move its own yardstick. */
async function readBaselineFile(path: string, io: GateIo): Promise<Past> {
  const bytes = await (io.baseFiles ?? io.files).read(path);
  if (bytes === null) return { baseline: null, baselineProblem: null };
  return parsePast(path, io.baseFiles === undefined ? 'head' : 'base', bytes);
}

function parsePast(path: string, from: Baseline['from'], bytes: Uint8Array): Past {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  try {
    return { baseline: { path, from, sha256, runs: readBaseline(path, bytes) }, baselineProblem: null };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { baseline: null, baselineProblem: error.message };
  }
}

async function readHeadroom(options: HeadroomOptions | undefined, files: FileTree): Promise<HeadroomFacts> {
  if (options === undefined) return { steps: [], peaks: null };
  const steps = await readSteps(options, files);
  return {
    steps,
    peaks: typeof options.peak === 'number' ? null : await readPeaks(options.peak.path, files),
  };
}

const peaksSchema = z.array(
  z.strictObject({
    at: z.iso.datetime({ offset: true }).or(z.iso.date()),
    rate: z.number().nonnegative(),
  }),
);

async function readPeaks(path: string, files: FileTree): Promise<readonly PeakPoint[]> {
  const bytes = await files.read(path);
  if (bytes === null) return [];
  const parsed = peaksSchema.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data.map(({ at, rate }) => ({ at: Date.parse(at), rate }));
  const issue = parsed.error.issues[0];
  throw new InputError(
    'PEAKS_INVALID',
    `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a list of peaks'}`,
    'write a JSON list of {"at": "2026-05-01", "rate": 120}',
  );
}

const stepsSchema = z.strictObject({
  schema_version: z.literal(1).optional(),
  steps: z
    .array(
      z.strictObject({
        offered: z.number().positive(),
        achieved: z.number().nonnegative(),
        value: z.number().nullable().describe('The objective’s metric, e.g. p95 in ms'),
        error_rate: z.number().min(0).max(1).nullable(),
      }),
    )
    .min(1),
});

async function readSteps(options: HeadroomOptions, files: FileTree): Promise<readonly LoadStep[]> {
  const steps: LoadStep[] = [];
  for (const path of await files.list(options.steps)) {
    const bytes = (await files.read(path)) ?? new Uint8Array();
    steps.push(...(ownSteps(path, bytes) ?? [stepFromResult(path, bytes, options.slo.metric)]));
  }
  return steps;
}

function ownSteps(path: string, bytes: Uint8Array): readonly LoadStep[] | null {
  const json = parseJson(bytes);
  if (typeof json !== 'object' || json === null || !('steps' in json)) return null;
  const parsed = stepsSchema.safeParse(json);
  if (!parsed.success) throw invalidStep(path, parsed.error.issues[0]?.message ?? 'not a step load');
  return parsed.data.steps.map(({ error_rate: errorRate, ...step }) => ({ ...step, errorRate }));
}

/** `…/200.json` or `…/step-200rps.json`: the number in the name is the rate that was offered. */
function stepFromResult(path: string, bytes: Uint8Array, metric: string): LoadStep {
  try {
    const offered = /(\d+(?:\.\d+)?)[^/\d]*\.[a-z]+$/i.exec(path)?.[1];
    const step = stepOf(
      readRun(path, bytes, 'auto'),
      metric,
      offered === undefined ? undefined : Number(offered),
    );
    if (step !== null) return step;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw invalidStep(path, error.message);
  }
  throw invalidStep(path, 'it has no throughput');
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function invalidStep(path: string, reason: string): InputError {
  return new InputError(
    'LOAD_STEP_INVALID',
    `${path}: ${reason}`,
    'see actions/perf/README.md for step loads',
  );
}
