import type { ReleaseConfig } from '../config/schema.ts';
import { compareKpi, type KpiComparison } from './compare.ts';
import { kpisOf } from './queries.ts';
import type { KpiReading } from './reading.ts';
import type { KpiWindows } from './windows.ts';

/** The comparison of a release with the time before it. Plain JSON: what the API serves and the audit log digests. */
export interface KpiReport {
  readonly schema_version: 1;
  readonly release: string;
  readonly windows: KpiWindows;
  readonly confidence: number;
  readonly comparisons: readonly KpiComparison[];
  /** When it was due and made, ms since the epoch. */
  readonly dueAt: number;
  readonly madeAt: number;
  /** ms between the two when nobody was there at its time, or nothing answered; 0: in time. */
  readonly lateBy: number;
  /** Other releases that reached production meanwhile: a difference may be theirs. */
  readonly others: readonly string[];
}

/** A report that comes later than this is marked, ms; shorter windows are stricter. */
const usualDelay = 900_000;

export function makeReport(
  config: ReleaseConfig,
  release: string,
  answer: {
    readonly windows: KpiWindows;
    readonly readings: readonly KpiReading[];
    readonly others: readonly string[];
  },
  times: { readonly dueAt: number; readonly now: number },
): KpiReport {
  const kpis = kpisOf(config);
  const unread = { after: [], before: [], problem: 'it was not read' };
  const comparisons = kpis.map((kpi) => {
    const reading = answer.readings.find(({ name }) => name === kpi.name) ?? { name: kpi.name, ...unread };
    return compareKpi(kpi, reading, config.kpis, kpis.length);
  });
  const late = times.now - times.dueAt;
  const length = answer.windows.after.to - answer.windows.after.from;
  return {
    schema_version: 1,
    release,
    windows: answer.windows,
    confidence: config.kpis.confidence,
    comparisons,
    dueAt: times.dueAt,
    madeAt: times.now,
    lateBy: late > Math.min(usualDelay, length / 10) ? late : 0,
    others: answer.others,
  };
}

/** Figures that got worse, for which somebody has to answer. */
export function regressionsOf({ comparisons }: KpiReport): readonly KpiComparison[] {
  return comparisons.filter(({ verdict }) => verdict === 'worse');
}
