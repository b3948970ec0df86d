import type { Finding } from '../../../core/gate/result.ts';
import { dataOf, describe, helpOf } from './describe.ts';
import type { Vulnerability } from './model.ts';
import type { VulnerabilityOptions } from './options.ts';

const day = 86_400_000;

/** What could have been repaired long ago: known, fixable, and older than its severity is given time for. */
export function overdueFindings(
  { overdue_days: limits }: VulnerabilityOptions,
  kept: readonly Vulnerability[],
  now: number,
): Finding[] {
  return kept.flatMap((one): Finding[] => {
    const limit = limits[one.severity];
    if (limit === undefined || one.fixedIn.length === 0) return [];
    const age = one.published === null ? null : Math.floor((now - one.published) / day);
    if (age !== null && age <= limit) return [];
    return [
      {
        code: 'vulnerability-overdue',
        level: age === null ? 'warning' : 'error',
        message:
          age === null
            ? `${describe(one)} can be repaired, but its report does not say since when it is known; ${limit} days are allowed.`
            : `${describe(one)} has been known for ${age} days and can be repaired; ${limit} are allowed.`,
        help: helpOf(one),
        data: dataOf(one),
      },
    ];
  });
}
