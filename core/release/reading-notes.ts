import type { ReaderState } from '../canary/reader.ts';
import type { CanaryReading } from '../ports/metrics.ts';
import type { ReleaseDraft } from './draft.ts';

export interface ReadingNote {
  readonly code: string;
  readonly message: string;
}

/** What is peculiar about one reading of the canary. The judge is right without it; people want to know why it waits. */
export function readingNotes(
  reader: ReaderState,
  { reading, problem }: { readonly reading: CanaryReading | null; readonly problem: string | null },
): readonly ReadingNote[] {
  if (reading === null) return [unreadable(problem ?? 'the metrics could not be read')];
  const { version, instances } = reading.canary;
  if (instances.length === 0) {
    return [{ code: 'NO_SERIES', message: `there are no series of ${version || 'the new version'}` }];
  }
  return instances.flatMap(({ id, requests }) => {
    if (!Number.isFinite(requests) || requests < 0) {
      return [{ code: 'VALUE_UNUSABLE', message: `the counter of ${id} says ${requests}` }];
    }
    const before = reader.counters.canary[id]?.requests ?? 0;
    return requests < before
      ? [{ code: 'COUNTER_RESET', message: `the counter of ${id} began anew at ${requests}` }]
      : [];
  });
}

/** Into the audit log and the timeline, each once a step. A stage may have no traffic to measure: that is no news. */
export function keepNotes(draft: ReleaseDraft, step: number, notes: readonly ReadingNote[]): void {
  if (step === 0) return;
  for (const { code, message } of notes) {
    const series = `reading-${step}-${code}`;
    if (draft.state.counters[series] !== undefined) continue;
    draft.next(series);
    draft.tell(`\`${code}\` at ${draft.state.weight} %`);
    draft.note('canary.reading', 'conductor', message.slice(0, 500), code, { step });
  }
}

/** Performers say `CODE: message`. */
function unreadable(problem: string): ReadingNote {
  const match = /^([A-Z][A-Z0-9_]+): ([\s\S]+)$/.exec(problem);
  return { code: match?.[1] ?? 'METRICS_UNREADABLE', message: (match?.[2] ?? problem).slice(0, 500) };
}
