import { canonicalJson } from '../audit/canonical-json.ts';
import type { JudgeDocument } from './parse-record.ts';
import { replay } from './replay.ts';

export interface ReplayCheck {
  readonly equal: boolean;
  readonly ticks: number;
  /** In words; empty when everything is equal. */
  readonly differences: readonly string[];
}

/** As many differences are told; one is enough to doubt. */
const told = 5;

/**
 * Compares what the judge said with what follows from its record: the verdict of every reading, and the last
 * judgement with its reasons and numbers, byte by byte in canonical form.
 */
export function checkReplay({ verdict, reasons, data, record }: JudgeDocument): ReplayCheck {
  if (record === null) {
    return { equal: false, ticks: 0, differences: ['no readings were kept: nothing can be computed again'] };
  }
  const moments = replay(record);
  const last = moments.at(-1);
  const differences = moments
    .filter((moment) => moment.verdict !== moment.recorded)
    .map(
      (moment) =>
        `${new Date(moment.at).toISOString()}: recorded ${moment.recorded}, computed ${moment.verdict}`,
    );
  if (last !== undefined) {
    const computed = {
      verdict: last.verdict,
      reasons: last.reasons.map(({ code, message }) => `${code}: ${message}`),
      data: last.values,
    };
    for (const [name, recorded] of Object.entries({ verdict, reasons, data })) {
      const again = computed[name as keyof typeof computed];
      if (canonicalJson(recorded) !== canonicalJson(again)) {
        differences.push(
          `last ${name}: recorded ${canonicalJson(recorded)}, computed ${canonicalJson(again)}`,
        );
      }
    }
  } else if (verdict !== 'continue') {
    differences.push(`recorded ${verdict} without a reading`);
  }
  return { equal: differences.length === 0, ticks: moments.length, differences: differences.slice(0, told) };
}
