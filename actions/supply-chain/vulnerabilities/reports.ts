import type { Finding } from '../../../core/gate/result.ts';
import type { Deployed } from '../sbom/subject.ts';
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
  const stale = reports.filter(
    ({ scannedAt }) => scannedAt !== null && now - scannedAt > options.max_age_hours * hour,
  );
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
      ...stale.map((report) => staleFinding(report, options.max_age_hours)),
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

function unreadableFinding({ path, problem }: { readonly path: string; readonly problem: string }): Finding {
  return {
    code: 'document-unreadable',
    level: 'error',
    message: `\`${path}\` cannot be used: ${problem}.`,
    help: 'Make the file again with its tool, or take it out of the configured paths.',
    path,
  };
}

function staleFinding({ path, scannedAt }: Report, hours: number): Finding {
  return {
    code: 'vulnerability-report-stale',
    level: 'warning',
    message: `The report is of ${new Date(scannedAt ?? 0).toISOString()}, more than ${hours} hours ago: newer advisories are missing in it.`,
    help: 'Scan again.',
    path,
  };
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
