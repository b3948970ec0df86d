import type { ArmReading } from '../ports/metrics.ts';
import type { CountersById } from './counters.ts';
import type { ComparedSetting } from './settings.ts';

/**
 * The further figures of one arm in one interval: how much a counter rose over all processes, and the mean of a gauge over
 * the processes that show it. Null where nobody can tell.
 */
export function comparedOf(
  known: CountersById,
  arm: ArmReading,
  compared: readonly ComparedSetting[],
): readonly (number | null)[] {
  return compared.map(({ kind }, i) => (kind === 'gauge' ? meanOf(arm, i) : riseOf(known, arm, i)));
}

function meanOf({ instances }: ArmReading, i: number): number | null {
  const values = instances.flatMap(({ compared }) => finite(compared?.[i]) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A process that is new sets its reference; one whose requests began anew has counted from zero. */
function riseOf(known: CountersById, { instances }: ArmReading, i: number): number | null {
  let rise: number | null = null;
  for (const { id, requests, compared } of instances) {
    const before = Object.hasOwn(known, id) ? known[id] : undefined;
    const now = finite(compared?.[i]);
    if (before === undefined || now === null) continue;
    const isReset = requests < before.requests;
    const earlier = isReset ? 0 : finite(before.compared?.[i]);
    if (earlier !== null && now >= earlier) rise = (rise ?? 0) + now - earlier;
  }
  return rise;
}

function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
