import { ConfigError, ProviderError } from '../../core/errors.ts';
import type { GateIo } from '../../core/gate/gate.ts';
import type { Matcher } from '../../core/metrics/selector.ts';
import type { Series } from '../../core/ports/metrics.ts';
import { wanted } from './documents/measure.ts';
import { ownToSlo } from './documents/own.ts';
import { readTrustedDocuments } from './documents/trusted.ts';
import type { DocumentProblem, Reading, Slo } from './model.ts';
import type { SloOptions } from './options.ts';
import { periodOf, windowsOf } from './period.ts';
import type { ProbeRecord } from './probes/perform.ts';
import { pointsReader } from './readings/points.ts';
import { type Moment, promqlReader } from './readings/promql.ts';
import { type CountReader, readSlo } from './readings/reader.ts';
import { scrapeReader } from './readings/scrape.ts';

/** Everything that the verdict is made from. */
export interface SloFacts {
  readonly slos: readonly Slo[];
  readonly problems: readonly DocumentProblem[];
  /** By name of the objective. */
  readonly readings: Readonly<Record<string, Reading>>;
  /** The moment that the numbers are about; a recording's own. */
  readonly at: number;
  readonly source: 'prometheus' | 'scrape' | 'recorded' | 'none';
  readonly probes: ProbeFacts;
}

export type ProbeFacts =
  | { readonly state: 'none' }
  | { readonly state: 'no-address'; readonly file: string; readonly count: number }
  | { readonly state: 'performed'; readonly file: string; readonly records: readonly ProbeRecord[] };

/** Reads the documents, the numbers and the golden paths. */
export async function collectSlo(options: SloOptions, io: GateIo, ref = ''): Promise<SloFacts> {
  const documents = await readTrustedDocuments(options.files, io);
  const slos = [...documents.slos, ...options.objectives.map(ownToSlo)];
  const numbers = await readNumbers(slos, options, io, ref);
  const probes = await readProbes(options, io);
  return { slos, problems: documents.problems, probes, ...numbers };
}

/** What every counter is narrowed to: the config's labels, and the version of the tag under test. */
function matchersOf(options: SloOptions, ref: string): readonly Matcher[] {
  const configured = Object.entries(options.match).map(([name, value]) => wanted(name, value));
  const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  if (options.version_label === undefined || tag === undefined) return configured;
  return [...configured, { name: options.version_label, op: '=~', value: versionPattern(tag) }];
}

/** What a label may say of a tag: `v1.2.0` or `1.2.0`, also where the tag names the service: `shop/v1.2.0`, `shop@1.2.0`. */
function versionPattern(tag: string): string {
  const quoted = (text: string): string => text.replace(/[^\w-]/g, '\\$&');
  const version = /^(?:.*[/@])?v?(\d.*)$/.exec(tag)?.[1] ?? tag;
  const short = `v?${quoted(version)}`;
  return tag.replace(/^v/, '') === version ? short : `${quoted(tag)}|${short}`;
}

type Numbers = Pick<SloFacts, 'readings' | 'at' | 'source'>;

async function readNumbers(
  slos: readonly Slo[],
  options: SloOptions,
  io: GateIo,
  ref: string,
): Promise<Numbers> {
  const now = io.clock.now();
  const since = options.since === undefined ? null : Date.parse(options.since);
  if (since !== null && since >= now) {
    throw new ConfigError(
      'SINCE_IN_FUTURE',
      `since is ${options.since}, which has not come yet`,
      'give the start of the deployment',
    );
  }
  const moment: Moment = { now, since, match: matchersOf(options, ref) };
  const { source } = options;
  switch (source?.kind) {
    case undefined:
      return {
        at: now,
        source: 'none',
        readings: forAll(slos, { problem: 'no-source', message: 'no source of numbers is configured' }),
      };
    case 'recorded':
      return readRecording(slos, source, moment, io);
    case 'scrape':
      return readScrape(slos, source, moment, io);
    case 'prometheus':
      return readPrometheus(slos, source.url, moment, io);
  }
}

async function readPrometheus(
  slos: readonly Slo[],
  url: string,
  moment: Moment,
  io: GateIo,
): Promise<Numbers> {
  const { query, queryRange } = io.metrics({ url, kind: 'prometheus' });
  if (query === undefined)
    throw new ConfigError('SOURCE_KIND', 'this source evaluates no PromQL', 'use kind scrape');
  const reader = promqlReader(query, queryRange, moment);
  const readings: Record<string, Reading> = {};
  for (const slo of slos)
    readings[slo.name] = await guarded(() => readSlo(reader, slo, windowsOf(periodOf(slo, moment.now))));
  return { at: moment.now, source: 'prometheus', readings };
}

/** A provider that does not answer, or refuses a document's query, leaves the objective undecided, not the run. */
async function guarded(read: () => Promise<Reading>): Promise<Reading> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ProviderError)
      return { state: 'problem', problem: 'provider-down', message: error.message };
    if (error instanceof ConfigError && error.code === 'PROMETHEUS_QUERY') {
      return { state: 'problem', problem: 'query-rejected', message: error.message };
    }
    throw error;
  }
}

async function readScrape(
  slos: readonly Slo[],
  source: { readonly url: string; readonly observe: number },
  moment: Moment,
  io: GateIo,
): Promise<Numbers> {
  const metrics = io.metrics({ url: source.url, kind: 'scrape' });
  let scraped: { readonly reader: CountReader; readonly windowMs: number };
  try {
    scraped = await scrapeReader(metrics, slos, source.observe, io.clock, moment.match);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return {
      at: moment.now,
      source: 'scrape',
      readings: forAll(slos, { problem: 'provider-down', message: error.message }),
    };
  }
  const readings: Record<string, Reading> = {};
  for (const slo of slos) readings[slo.name] = await readSlo(scraped.reader, slo, [scraped.windowMs]);
  return { at: io.clock.now(), source: 'scrape', readings };
}

async function readRecording(
  slos: readonly Slo[],
  source: { readonly path: string; readonly max_age: number },
  moment: Moment,
  io: GateIo,
): Promise<Numbers> {
  const bytes = await io.files.read(source.path);
  if (bytes === null) {
    return {
      at: moment.now,
      source: 'recorded',
      readings: forAll(slos, { problem: 'no-data', message: `there is no ${source.path}` }),
    };
  }
  const { parseRecording, recordedReading, seriesOfRecording } = await import('./readings/recorded.ts');
  const recording = parseRecording(bytes, source.path);
  const at = recording.recorded_at;
  if (at - moment.now > clockSkewMs) {
    const message = `${source.path} was recorded in the future (${new Date(at).toISOString()})`;
    return { at: moment.now, source: 'recorded', readings: forAll(slos, { problem: 'no-data', message }) };
  }
  const usable = moment.now - at <= source.max_age;
  const series = (metric: string): readonly Series[] => seriesOfRecording(recording, metric);
  const reader = pointsReader(series, { ...moment, now: at }, 'history');
  const readings: Record<string, Reading> = {};
  for (const slo of slos) {
    const period = periodOf(slo, at);
    readings[slo.name] =
      recordedReading(recording, slo.name, period) ?? (await readSlo(reader, slo, windowsOf(period)));
  }
  return {
    at: usable ? at : moment.now,
    source: 'recorded',
    readings: usable ? readings : aged(readings, at),
  };
}

/** Clocks differ; a recording from later than this is not believed. */
const clockSkewMs = 300_000;

/** An expired recording: what it holds is as old as itself. */
function aged(readings: Readonly<Record<string, Reading>>, at: number): Record<string, Reading> {
  return Object.fromEntries(
    Object.entries(readings).map(([name, reading]) => [
      name,
      reading.state === 'measured' ? { ...reading, newestAt: Math.min(at, reading.newestAt ?? at) } : reading,
    ]),
  );
}

function forAll(
  slos: readonly Slo[],
  problem: Omit<Extract<Reading, { state: 'problem' }>, 'state'>,
): Record<string, Reading> {
  return Object.fromEntries(slos.map((slo) => [slo.name, { state: 'problem', ...problem }]));
}

async function readProbes(options: SloOptions, io: GateIo): Promise<ProbeFacts> {
  const { file, base_url } = options.golden_paths;
  const bytes = await io.files.read(file);
  if (bytes === null) return { state: 'none' };
  const { parseGoldenPaths } = await import('./probes/golden-paths.ts');
  const catalogue = parseGoldenPaths(bytes, file);
  const baseUrl = base_url ?? catalogue.base_url;
  if (baseUrl === undefined) return { state: 'no-address', file, count: catalogue.paths.length };
  const { performProbes } = await import('./probes/perform.ts');
  return { state: 'performed', file, records: await performProbes(catalogue, baseUrl, io) };
}
