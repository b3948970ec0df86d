import type { Finding } from '../../../core/gate/result.ts';
import { plural } from '../../../core/gate/verdict.ts';
import type { Deployed } from '../sbom/subject.ts';
import type { VulnerabilityFacts } from './collect.ts';
import { dataOf, describe, helpOf } from './describe.ts';
import { type Difference, differenceOf } from './difference.ts';
import { mergeVulnerabilities } from './identity.ts';
import { type Severity, severities, type Vulnerability } from './model.ts';
import type { VulnerabilityOptions } from './options.ts';
import { overdueFindings } from './overdue.ts';
import { reportFindings, reportsOf } from './reports.ts';
import { type Accepted, settle } from './settle.ts';

export interface VulnerabilityJudgement {
  readonly findings: readonly Finding[];
  /** Nothing can be said: no report although one is asked for, or only stale ones. */
  readonly blind: boolean;
  readonly difference: Difference;
  readonly accepted: readonly Accepted[];
  readonly scanned: boolean;
}

const day = 86_400_000;

/** Judges what a release adds to the known weaknesses of the last promoted one: pure. */
export function judgeVulnerabilities(
  options: VulnerabilityOptions,
  facts: VulnerabilityFacts,
  deployed: readonly Deployed[],
  now: number,
): VulnerabilityJudgement {
  const current = reportsOf(facts.reports);
  const before = reportsOf(facts.baseline ?? []);
  const found = mergeVulnerabilities(current.flatMap(({ vulnerabilities }) => vulnerabilities));
  const earlier = mergeVulnerabilities(before.flatMap(({ vulnerabilities }) => vulnerabilities));
  const settled = settle(found, options, facts.vex, now);
  const difference = differenceOf(found, earlier, settled.open);
  const health = reportFindings(options, facts, deployed, now);
  return {
    findings: [
      ...health.findings,
      ...settled.findings,
      ...newFindings(options, difference.added, facts.baseline !== null, now),
      ...keptFinding(difference.kept),
      ...overdueFindings(options, difference.kept, now),
    ],
    blind: health.blind,
    difference,
    accepted: settled.accepted,
    scanned: current.length > 0,
  };
}

/** Every one above its severity's budget is an error, for nobody can say which of them is the one too many. */
function newFindings(
  options: VulnerabilityOptions,
  added: readonly Vulnerability[],
  compared: boolean,
  now: number,
): Finding[] {
  return severities.flatMap((severity) => {
    const ofSeverity = added.filter((one) => one.severity === severity);
    const counted = ofSeverity.filter((one) => options.unfixable === 'count' || one.fixedIn.length > 0);
    const budget = options.new[severity];
    const over = budget !== null && counted.length > budget;
    return ofSeverity.map((one): Finding => {
      const level = levelOf(over && counted.includes(one), budget, severity);
      return {
        code: 'vulnerability-new',
        level,
        message: `${describe(one)} is ${compared ? 'new in this release' : 'there, and no earlier report says that it was there before'}.${ageOf(one, now)}${over ? ` The budget for ${severity} is ${budget}, there are ${counted.length}.` : ''}`,
        help: helpOf(one),
        data: dataOf(one),
      };
    });
  });
}

function levelOf(over: boolean, budget: number | null, severity: Severity): Finding['level'] {
  if (over) return 'error';
  return budget === null || severity === 'low' ? 'notice' : 'warning';
}

function ageOf({ published }: Vulnerability, now: number): string {
  return published === null
    ? ''
    : ` It was published ${plural(Math.max(0, Math.floor((now - published) / day)), 'day')} ago.`;
}

function keptFinding(kept: readonly Vulnerability[]): Finding[] {
  if (kept.length === 0) return [];
  const counts = severities.flatMap((severity) => {
    const count = kept.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : `${count} ${severity}`;
  });
  return [
    {
      code: 'vulnerability-known',
      level: 'notice',
      message: `${plural(kept.length, 'known vulnerability').replace(/ys$/, 'ies')} of the last release ${kept.length === 1 ? 'is' : 'are'} still there: ${counts.join(', ')}.`,
      help: 'Set overdue_days to have them repaired in time.',
    },
  ];
}
