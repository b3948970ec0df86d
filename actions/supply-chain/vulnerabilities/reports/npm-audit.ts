import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import type { ParsedReport, Vulnerability } from '../model.ts';
import { severityOf } from '../severity.ts';

/**
 * `npm audit --json` of npm 7 and later. An entry lists its own advisories as objects and those of its dependencies as
 * names; the latter are counted where they belong. npm does not say which version is installed.
 */
export function parseNpmAudit(report: JsonObject): ParsedReport {
  const entries = isRecord(report.vulnerabilities)
    ? Object.values(report.vulnerabilities).filter(isRecord)
    : [];
  return {
    scanner: 'npm audit',
    scannedAt: null,
    subjects: [],
    vulnerabilities: entries.flatMap(advisoriesOf),
  };
}

function advisoriesOf(entry: JsonObject): Vulnerability[] {
  const fixable = entry.fixAvailable === true || isRecord(entry.fixAvailable);
  return recordsOf(entry.via).map((via) => {
    const ghsa = /GHSA(?:-[0-9a-z]{4}){3}/i.exec(textOf(via.url) ?? '')?.[0];
    return {
      ids: [...(ghsa === undefined ? [] : [ghsa]), `npm:${String(via.source)}`],
      package: textOf(via.dependency) ?? textOf(entry.name) ?? '',
      version: '',
      purl: null,
      severity: severityOf(via.severity),
      fixedIn: fixable ? [`not ${textOf(via.range) ?? 'this one'}`] : [],
      published: null,
      place: textOf(listOf(entry.nodes)[0]),
    };
  });
}
