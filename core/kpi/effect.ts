import type { Kpi } from '../config/kpis.ts';
import type { KpiReading } from './reading.ts';
import type { KpiWindows } from './windows.ts';

export type KpiEffect =
  /** Reads every figure in every window; answers with `kpis.measured`. */
  | {
      readonly kind: 'measureKpis';
      readonly windows: KpiWindows;
      readonly source: { readonly kind: 'prometheus' | 'scrape'; readonly url: string };
      readonly kpis: readonly Kpi[];
      /** A provider that does not answer is asked again until then, ms since the epoch. */
      readonly giveUpAt: number;
    }
  /** The notes of a release stay editable after it was published, its assets do not. */
  | { readonly kind: 'editReleaseNotes'; readonly releaseId: number; readonly body: string };

export interface KpisMeasured {
  readonly type: 'kpis.measured';
  readonly readings: readonly KpiReading[];
  /** Other releases that reached production between GA and the end of the window. */
  readonly others: readonly string[];
}
