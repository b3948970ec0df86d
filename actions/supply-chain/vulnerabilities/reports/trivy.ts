import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import { plainPurl } from '../../sbom/model.ts';
import type { ParsedReport, Vulnerability } from '../model.ts';
import { severityOf } from '../severity.ts';
import { digestsIn, timeOf } from './parts.ts';

/** `trivy … --format json`; `Results` is missing when nothing could be scanned or nothing was found. */
export function parseTrivy(report: JsonObject): ParsedReport {
  const metadata = isRecord(report.Metadata) ? report.Metadata : {};
  return {
    scanner: 'trivy',
    scannedAt: timeOf(report.CreatedAt),
    subjects: digestsIn(listOf(metadata.RepoDigests)),
    vulnerabilities: recordsOf(report.Results).flatMap((result) =>
      recordsOf(result.Vulnerabilities).map((one) => vulnerabilityOf(one, textOf(result.Target))),
    ),
  };
}

function vulnerabilityOf(one: JsonObject, target: string | null): Vulnerability {
  const purl = isRecord(one.PkgIdentifier) ? textOf(one.PkgIdentifier.PURL) : null;
  const fixed = textOf(one.FixedVersion) ?? '';
  return {
    ids: [one.VulnerabilityID, ...listOf(one.VendorIDs)].flatMap((id) => textOf(id) ?? []),
    package: textOf(one.PkgName) ?? '',
    version: textOf(one.InstalledVersion) ?? '',
    purl: purl === null ? null : plainPurl(purl),
    severity: severityOf(one.Severity),
    fixedIn: fixed === '' ? [] : fixed.split(/,\s*/),
    published: timeOf(one.PublishedDate),
    place: textOf(one.PkgPath) || target,
  };
}
