import type { Selector } from '../../core/metrics/selector.ts';
import type { CalendarWindow } from './calendar.ts';

/** A count of events, asked of a provider over any window. */
export type Measure =
  /** The increase of one counter, summed over its series: any source can answer it. */
  | { readonly kind: 'counter'; readonly selector: Selector }
  /**
   * PromQL with `{{.window}}` for the window: only a provider that evaluates PromQL can answer it. `perSecond`
   * says that the answer is a rate, to be multiplied by the window's seconds. It cannot say anything about a window
   * shorter than `leastMs`: then that one is asked for.
   */
  | {
      readonly kind: 'promql';
      readonly text: string;
      readonly perSecond: boolean;
      readonly leastMs?: number;
    };

export type Sli =
  /** Bad of total, or total minus good of total; counts, so that windows are event-weighted. */
  | {
      readonly kind: 'events';
      readonly numerator: { readonly is: 'bad' | 'good'; readonly measure: Measure };
      readonly total: Measure;
      /** `slices`: what is counted are slices of time, of which there are few by nature. */
      readonly of: 'events' | 'slices';
    }
  /** An error ratio that someone else computed: PromQL with `{{.window}}`. No counts, so no statistics. */
  | { readonly kind: 'error-ratio'; readonly text: string; readonly leastMs?: number }
  | { readonly kind: 'unsupported'; readonly reason: string };

/** One objective of one indicator, whatever file it came from. */
export interface Slo {
  readonly name: string;
  readonly service: string;
  readonly origin: { readonly path: string; readonly line: number } | null;
  /** Ratio 0–1 of good events. */
  readonly target: number;
  /** Length of the error budget's period, ms; nominal for one that follows the calendar. */
  readonly periodMs: number;
  /** Null: the period rolls. */
  readonly calendar: CalendarWindow | null;
  readonly sli: Sli;
  /** Said about the document, and worth showing: an approximation that the gate makes. */
  readonly notes: readonly string[];
}

/** A mistake in a document. */
export interface DocumentProblem {
  readonly path: string;
  readonly line: number | null;
  readonly message: string;
}

/** What was counted in one window. Counts may be fractional (PromQL extrapolates) or NaN (as the provider said). */
export interface WindowCount {
  readonly windowMs: number;
  readonly bad: number;
  readonly total: number;
}

/** What was counted in the hour that ends at `at`. */
export interface TimelinePoint {
  readonly at: number;
  readonly bad: number;
  readonly total: number;
}

/** Why nothing, or nothing usable, was read. */
export type ReadingProblem = 'no-data' | 'provider-down' | 'query-rejected' | 'unsupported' | 'no-source';

export type Reading =
  | {
      readonly state: 'measured';
      /** Time of the newest sample, ms since the epoch; null when the source does not tell. */
      readonly newestAt: number | null;
      /** False when `total` is not a count of events (raw ratios): ratio × 1. */
      readonly counted: boolean;
      /** `history`: every window of the rules. `observed`: one window, all that a direct scrape can see. */
      readonly extent: 'history' | 'observed';
      readonly windows: readonly WindowCount[];
      /** The last days hour by hour, for the picture; empty where the source cannot tell. */
      readonly timeline: readonly TimelinePoint[];
    }
  | { readonly state: 'problem'; readonly problem: ReadingProblem; readonly message: string };
