import { z } from 'zod';
import { globMatcher } from './glob.ts';
import type { Finding } from './result.ts';

/** A finding that is accepted for a time: named, reasoned, owned. */
export const waiverSchema = z.strictObject({
  code: z.string().describe('Code of the finding'),
  path: z.string().optional().describe('Glob of the files it holds for'),
  package: z.string().optional().describe('Package it holds for, `name` or `name@version`'),
  reason: z.string().min(10).describe('Why this is acceptable; shown in the report'),
  owner: z.string().describe('Who answers for it'),
  expires: z.iso.date().describe('Last day on which it holds (UTC)'),
});
export type Waiver = z.infer<typeof waiverSchema>;

/**
 * A waiver turns its findings into notices until its last day. One that ran out but is still needed is an error of
 * its own; the finding it covered counts again.
 */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  now: number,
): Finding[] {
  const today = new Date(now).toISOString().slice(0, 10);
  const expired = new Set<Waiver>();
  const judged = findings.map((finding): Finding => {
    if (finding.level === 'notice') return finding;
    const covering = waivers.filter((waiver) => coversFinding(waiver, finding));
    const valid = covering.find((waiver) => waiver.expires >= today);
    if (valid === undefined) {
      for (const waiver of covering) expired.add(waiver);
      return finding;
    }
    return {
      ...finding,
      level: 'notice',
      message: `Waived by ${valid.owner} until ${valid.expires}: ${valid.reason} ${finding.message}`,
      data: { ...finding.data, waived: true },
    };
  });
  return [...judged, ...[...expired].map(expiredFinding)];
}

function expiredFinding(waiver: Waiver): Finding {
  return {
    code: 'waiver-expired',
    level: 'error',
    message: `The waiver of ${waiver.owner} for \`${waiver.code}\` ended on ${waiver.expires}.`,
    help: 'Correct what it covered, or have its owner renew it on the base branch.',
  };
}

/** Whether it is about this finding, whatever the date. */
export function coversFinding(waiver: Pick<Waiver, 'code' | 'path' | 'package'>, finding: Finding): boolean {
  if (waiver.code !== finding.code) return false;
  if (waiver.path !== undefined && !globMatcher([waiver.path])(finding.path ?? '')) return false;
  if (waiver.package === undefined) return true;
  const name = String(finding.data?.package ?? '');
  return name === waiver.package || name.slice(0, name.lastIndexOf('@')) === waiver.package;
}
