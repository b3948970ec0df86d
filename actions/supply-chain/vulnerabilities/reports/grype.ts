import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import { plainPurl } from '../../sbom/model.ts';
import type { ParsedReport, Vulnerability } from '../model.ts';
import { severityOf } from '../severity.ts';
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
      severity: severityOf(vulnerability.severity),
      fixedIn: listOf(fix.versions).flatMap((one) => textOf(one) ?? []),
      published: timeOf(vulnerability.published),
      place: textOf(location?.path),
    },
  ];
}
