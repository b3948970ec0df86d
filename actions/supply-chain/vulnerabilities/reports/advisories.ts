import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import type { ParsedReport, Vulnerability } from '../model.ts';
import { severityOf } from '../severity.ts';
import { timeOf } from './parts.ts';

/** `npm audit --json` of npm 6, and what pnpm and yarn 2 and 3 still write: advisories of the old registry interface. */
export function parseAdvisories(report: JsonObject): ParsedReport {
  const advisories = isRecord(report.advisories) ? Object.values(report.advisories) : [];
  return reportOf('npm audit', recordsOf(advisories).flatMap(vulnerabilitiesOf));
}

/** `yarn audit --json` of yarn 1: an object a line, of which `auditAdvisory` ones matter. */
export function parseYarnClassic(lines: readonly JsonObject[]): ParsedReport {
  const found = lines.flatMap(({ data }) =>
    isRecord(data) && isRecord(data.advisory) ? [data.advisory] : [],
  );
  return reportOf('yarn audit', found.flatMap(vulnerabilitiesOf));
}

/** `yarn npm audit --json` of yarn 4: a node of a tree a line, with the words for people as keys. */
export function parseYarnBerry(lines: readonly JsonObject[]): ParsedReport {
  return reportOf('yarn npm audit', lines.flatMap(berryVulnerabilities));
}

function reportOf(scanner: string, vulnerabilities: readonly Vulnerability[]): ParsedReport {
  return { scanner, scannedAt: null, subjects: [], vulnerabilities };
}

/** One for each installed version: the same advisory may hold for several. */
function vulnerabilitiesOf(advisory: JsonObject): Vulnerability[] {
  const patched = textOf(advisory.patched_versions) ?? '';
  const findings = recordsOf(advisory.findings);
  return (findings.length === 0 ? [{}] : findings).map(({ version, paths }: JsonObject) => ({
    ids: idsOf([advisory.github_advisory_id, advisory.url, ...listOf(advisory.cves)], advisory.id),
    package: textOf(advisory.module_name) ?? '',
    version: textOf(version) ?? '',
    purl: null,
    severity: severityOf(advisory.severity),
    fixedIn: /^(<0\.0\.0|)$/.test(patched) ? [] : [patched],
    published: timeOf(advisory.created),
    place: textOf(listOf(paths)[0]),
  }));
}

function berryVulnerabilities({ value, children }: JsonObject): Vulnerability[] {
  if (!isRecord(children)) return [];
  const versions = listOf(children['Tree Versions']).flatMap((one) => textOf(one) ?? []);
  const vulnerable = textOf(children['Vulnerable Versions']);
  return (versions.length === 0 ? [''] : versions).map((version) => ({
    ids: idsOf([children.URL], children.ID),
    package: textOf(value) ?? '',
    version,
    purl: null,
    severity: severityOf(children.Severity),
    fixedIn: vulnerable === null || /^(>=\s*0(\.0\.0)?|\*)$/.test(vulnerable) ? [] : [`not ${vulnerable}`],
    published: null,
    place: textOf(listOf(children.Dependents)[0]),
  }));
}

/** CVE and GHSA names wherever they stand, and the registry's number. */
function idsOf(texts: readonly unknown[], number: unknown): string[] {
  const names = texts.flatMap(
    (text) => (textOf(text) ?? '').match(/CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}/gi) ?? [],
  );
  return [...new Set(names), ...(number === undefined ? [] : [`npm:${String(number)}`])];
}
