import type { Finding } from '../../../core/gate/result.ts';
import { plural } from '../../../core/gate/verdict.ts';
import type { Deployed } from '../sbom/subject.ts';
import { unreadableFinding } from '../unreadable.ts';
import type { VulnerabilityFacts } from './collect.ts';
import type { Report } from './model.ts';
import type { VulnerabilityOptions } from './options.ts';
import type { ReportRead } from './read.ts';

const hour = 3_600_000;

export function reportsOf(reads: readonly ReportRead[]): Report[] {
  return reads.flatMap((read) => (read.ok ? [read.report] : []));
}

/** Whether the reports can be relied on: readable, fresh, and of what will be deployed. */
export function reportFindings(
  options: VulnerabilityOptions,
  facts: VulnerabilityFacts,
  deployed: readonly Deployed[],
  now: number,
): { readonly findings: readonly Finding[]; readonly blind: boolean } {
  const reports = reportsOf(facts.reports);
  const stale = reports.filter((report) => isStale(report, options.max_age_hours, now));
  const digests = new Set(deployed.flatMap((one) => one.digests));
  const foreign = reports.filter(
    ({ subjects }) => digests.size > 0 && subjects.length > 0 && !subjects.some((one) => digests.has(one)),
  );
  const unreadable = [...facts.reports, ...(facts.baseline ?? []), ...facts.vex].flatMap((read) =>
    read.ok ? [] : [read],
  );
  return {
    blind: (options.required && reports.length === 0) || stale.length > 0,
    findings: [
      ...unreadable.map(unreadableFinding),
      ...stale.map((report) => staleFinding(report, options.max_age_hours, now)),
      ...reports.filter(({ scannedAt }) => scannedAt === null).map(undatedFinding),
      ...reports.flatMap(suppressedFinding),
      ...foreign.map(foreignFinding),
      ...missingFinding(options, facts),
    ],
  };
}

function missingFinding(options: VulnerabilityOptions, facts: VulnerabilityFacts): Finding[] {
  if (facts.reports.length === 0) {
    return [
      {
        code: 'vulnerabilities-not-scanned',
        level: options.required ? 'warning' : 'notice',
        message: `There is no report of a scanner (${options.reports.join(', ')}): nothing is known of known weaknesses.`,
        help: 'Scan in the job before this step: grype, trivy, osv-scanner, npm audit --json.',
      },
    ];
  }
  if (facts.baselineFromChange === true) {
    return [
      {
        code: 'vulnerabilities-baseline-from-change',
        level: 'notice',
        message:
          'The reports of the earlier release lie in the change under test, not on its base: unless a job put them there, the change says by itself what was known.',
        help: 'Keep them on the protected branch, or have the workflow download them over whatever the change brings along.',
      },
    ];
  }
  if (facts.baseline !== null) return [];
  return [
    {
      code: 'vulnerabilities-no-baseline',
      level: 'notice',
      message: 'There is no report of an earlier release: everything counts as new.',
      help: 'Keep the reports of the last promoted release and name them in vulnerabilities.baseline.',
    },
  ];
}

/** Too old, or of a time that has not come: a clock that is wrong would keep it fresh for ever. */
function isStale({ scannedAt }: Report, hours: number, now: number): boolean {
  return scannedAt !== null && (now - scannedAt > hours * hour || scannedAt - now > hour);
}

function staleFinding({ path, scannedAt }: Report, hours: number, now: number): Finding {
  const time = new Date(scannedAt ?? 0).toISOString();
  return {
    code: 'vulnerability-report-stale',
    level: 'warning',
    message:
      (scannedAt ?? 0) > now
        ? `The report says it is of ${time}, which has not come yet: nobody can say how old it is.`
        : `The report is of ${time}, more than ${hours} hours ago: newer advisories are missing in it.`,
    help: 'Scan again.',
    path,
  };
}

function undatedFinding({ path, scanner }: Report): Finding {
  return {
    code: 'vulnerability-report-undated',
    level: 'notice',
    message: `The report of ${scanner} does not say when it was made: whether it is stale cannot be seen.`,
    help: 'Scan in the job of this gate, so that the report is of this run.',
    path,
  };
}

function suppressedFinding({ path, scanner, suppressed = 0 }: Report): Finding[] {
  if (suppressed === 0) return [];
  return [
    {
      code: 'vulnerabilities-suppressed',
      level: 'notice',
      message: `${scanner} left out ${plural(suppressed, 'finding')} by rules of its own, which nobody judges here.`,
      help: 'Use waivers or VEX instead of the rules of the scanner: they have an owner, a reason and an end.',
      path,
    },
  ];
}

function foreignFinding({ path, subjects }: Report): Finding {
  return {
    code: 'vulnerability-report-other-artifact',
    level: 'error',
    message: `The report is of ${subjects[0]}, which is not what will be deployed.`,
    help: 'Scan the artifact that is released.',
    path,
  };
}
