import type { Selector } from '../../../core/metrics/selector.ts';
import type { Measure, Reading, Slo, TimelinePoint, WindowCount } from '../model.ts';

/** Answers counting questions about one moment. Null always means "there is no such series", never zero. */
export interface CountReader {
  readonly extent: 'history' | 'observed';
  /** Events in the window that ends now. Throws `UnsupportedMeasure` for what it cannot evaluate. */
  count(measure: Measure, windowMs: number): Promise<number | null>;
  /** The error ratio over the window, where the provider computes it. */
  ratio(text: string, windowMs: number): Promise<number | null>;
  /** True when some series of the selector was there in the last hour and has every one of the labels. */
  hasLabels(selector: Selector, names: readonly string[]): Promise<boolean>;
  /** Time of the newest sample, ms since the epoch; null when it is not known. */
  newestAt(measure: Measure): Promise<number | null>;
  /** Counts hour by hour over the last days, oldest first; empty where it cannot be had. */
  hourly(measure: Measure): Promise<readonly { readonly at: number; readonly value: number }[]>;
}

export class UnsupportedMeasure extends Error {}

/** Reads one objective over its windows. Provider errors pass through. */
export async function readSlo(reader: CountReader, slo: Slo, windows: readonly number[]): Promise<Reading> {
  const { sli } = slo;
  try {
    switch (sli.kind) {
      case 'unsupported':
        return problem('unsupported', sli.reason);
      case 'error-ratio':
        return await readRatios(reader, sli, windows);
      case 'events':
        return await readCounts(reader, sli, windows);
    }
  } catch (error) {
    if (error instanceof UnsupportedMeasure) return problem('unsupported', error.message);
    throw error;
  }
}

type RatioSli = Extract<Slo['sli'], { kind: 'error-ratio' }>;

async function readRatios(reader: CountReader, sli: RatioSli, windows: readonly number[]): Promise<Reading> {
  const found: WindowCount[] = [];
  for (const windowMs of windows) {
    const ratio = await reader.ratio(sli.text, Math.max(windowMs, sli.leastMs ?? 0));
    if (ratio !== null) found.push({ windowMs, bad: ratio, total: 1 });
  }
  if (found.length === 0) return problem('no-data', 'the query gave no series');
  return {
    state: 'measured',
    newestAt: null,
    counted: false,
    extent: reader.extent,
    windows: found,
    timeline: [],
  };
}

type EventSli = Extract<Slo['sli'], { kind: 'events' }>;

async function readCounts(reader: CountReader, sli: EventSli, windows: readonly number[]): Promise<Reading> {
  const counts = await Promise.all(
    windows.map(async (windowMs) => ({
      windowMs,
      total: await reader.count(sli.total, windowMs),
      top: await reader.count(sli.numerator.measure, windowMs),
    })),
  );
  const found = counts.flatMap(({ windowMs, total, top }): readonly WindowCount[] => {
    if (total === null) return [];
    return [{ windowMs, total, bad: sli.numerator.is === 'bad' ? (top ?? 0) : total - (top ?? 0) }];
  });
  const numeratorSeen = counts.some(({ top }) => top !== null);
  const newestAt = await reader.newestAt(sli.total);
  // Old samples with nothing in any window are stale, which says more than absent.
  if (found.length === 0 && newestAt === null)
    return problem('no-data', `no series for ${describe(sli.total)}`);
  const absent =
    found.length === 0
      ? null
      : numeratorSeen
        ? await unexplainedSilence(reader, sli, counts)
        : await unexplainedAbsence(reader, sli);
  if (absent !== null) return problem('no-data', absent);
  const timeline = await readTimeline(reader, sli);
  return { state: 'measured', newestAt, counted: true, extent: reader.extent, windows: found, timeline };
}

async function readTimeline(reader: CountReader, sli: EventSli): Promise<readonly TimelinePoint[]> {
  const total = await reader.hourly(sli.total);
  if (total.length === 0) return [];
  const tops = new Map((await reader.hourly(sli.numerator.measure)).map(({ at, value }) => [at, value]));
  return total.map(({ at, value }) => {
    const top = tops.get(at) ?? 0;
    return { at, total: value, bad: sli.numerator.is === 'bad' ? top : value - top };
  });
}

/**
 * No bad event ever means no series of bad events: that is zero, if the counter is the same one and its series
 * do have the labels that tell bad from good. Otherwise the selector is probably misspelt, and zero would be a
 * lie.
 */
async function unexplainedAbsence(reader: CountReader, sli: EventSli): Promise<string | null> {
  const top = sli.numerator.measure;
  const missing = `no series for ${describe(top)}, although ${describe(sli.total)} has some`;
  if (top.kind !== 'counter' || sli.total.kind !== 'counter') return missing;
  if (top.selector.metric !== sli.total.selector.metric) return missing;
  const names = top.selector.matchers.map((matcher) => matcher.name);
  const known = await reader.hasLabels(sli.total.selector, [...new Set(names)]);
  return known ? null : `${missing}, but none with the labels ${names.join(', ')}`;
}

/**
 * A counter of its own for bad events that was there in a long window, and of which nothing at all is left in the hour
 * in which events went on being counted: whoever counts the bad ones has died.
 */
async function unexplainedSilence(
  reader: CountReader,
  sli: EventSli,
  counts: readonly {
    readonly windowMs: number;
    readonly total: number | null;
    readonly top: number | null;
  }[],
): Promise<string | null> {
  const top = sli.numerator.measure;
  if (top.kind !== 'counter' || sli.total.kind !== 'counter') return null;
  if (top.selector.metric === sli.total.selector.metric) return null;
  const silent = counts.some(({ windowMs, total, top: counted }) => {
    return windowMs === hour && total !== null && total > 0 && counted === null;
  });
  if (!silent || (await reader.hasLabels({ metric: top.selector.metric, matchers: [] }, []))) return null;
  return `no series for ${describe(top)} in the last hour, although there were before and ${describe(sli.total)} has some`;
}

const hour = 3_600_000;

export function describe(measure: Measure): string {
  return measure.kind === 'counter' ? measure.selector.metric : measure.text;
}

function problem(kind: Extract<Reading, { state: 'problem' }>['problem'], message: string): Reading {
  return { state: 'problem', problem: kind, message };
}
