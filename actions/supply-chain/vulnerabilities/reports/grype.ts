import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import { plainPurl } from '../../sbom/model.ts';
import type { ParsedReport, Severity, Vulnerability } from '../model.ts';
import { severityOf, severityOfVector, worst } from '../severity.ts';
import { digestsIn, timeOf } from './parts.ts';

/** `grype -o json`. */
export function parseGrype(report: JsonObject): ParsedReport {
  const descriptor = isRecord(report.descriptor) ? report.descriptor : {};
  const source = isRecord(report.source) ? report.source : {};
  const target = isRecord(source.target) ? source.target : {};
  return {
    scanner: 'grype',
    scannedAt: timeOf(descriptor.timestamp),
    subjects: digestsIn([target.manifestDigest, ...listOf(target.repoDigests)]),
    suppressed: listOf(report.ignoredMatches).length,
    vulnerabilities: recordsOf(report.matches).flatMap(vulnerabilityOf),
  };
}

function vulnerabilityOf({ vulnerability, artifact, relatedVulnerabilities }: JsonObject): Vulnerability[] {
  if (!isRecord(vulnerability) || !isRecord(artifact)) return [];
  const fix = isRecord(vulnerability.fix) ? vulnerability.fix : {};
  const purl = textOf(artifact.purl);
  const [location] = recordsOf(artifact.locations);
  return [
    {
      ids: [vulnerability, ...recordsOf(relatedVulnerabilities)].flatMap(({ id }) => textOf(id) ?? []),
      package: textOf(artifact.name) ?? '',
      version: textOf(artifact.version) ?? '',
      purl: purl === null ? null : plainPurl(purl),
      severity: statedSeverity([vulnerability, ...recordsOf(relatedVulnerabilities)]),
      fixedIn: listOf(fix.versions).flatMap((one) => textOf(one) ?? []),
      published: timeOf(vulnerability.published),
      place: textOf(location?.path),
    },
  ];
}

/** What the first record says; where that is nothing, the gravest score of any database. */
function statedSeverity(records: readonly JsonObject[]): Severity {
  const stated = severityOf(records[0]?.severity);
  if (stated !== 'unknown') return stated;
  const scores = records
    .flatMap(({ cvss }) => recordsOf(cvss))
    .map(({ metrics, vector }) => {
      const score = isRecord(metrics) ? metrics.baseScore : undefined;
      return score === undefined ? severityOfVector(textOf(vector)) : severityOf(score);
    });
  return worst([...records.slice(1).map(({ severity }) => severityOf(severity)), ...scores]);
}
