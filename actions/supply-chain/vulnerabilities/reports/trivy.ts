import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import { plainPurl } from '../../sbom/model.ts';
import type { ParsedReport, Severity, Vulnerability } from '../model.ts';
import { severityOf, worst } from '../severity.ts';
import { digestsIn, timeOf } from './parts.ts';

/**
 * `trivy … --format json`; `Results` is missing when nothing could be scanned or nothing was found. `trivy k8s` has them for
 * each resource of the cluster.
 */
export function parseTrivy(report: JsonObject): ParsedReport {
  const metadata = isRecord(report.Metadata) ? report.Metadata : {};
  const resources = [...recordsOf(report.Resources), ...recordsOf(report.Findings)];
  const results = [report, ...resources].flatMap(({ Results }) => recordsOf(Results));
  return {
    scanner: 'trivy',
    scannedAt: timeOf(report.CreatedAt),
    subjects: digestsIn(listOf(metadata.RepoDigests)),
    suppressed: results.flatMap((result) => listOf(result.ExperimentalModifiedFindings)).length,
    vulnerabilities: results.flatMap((result) =>
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
    severity: statedSeverity(one),
    fixedIn: fixed === '' ? [] : fixed.split(/,\s*/),
    published: timeOf(one.PublishedDate),
    place: textOf(one.PkgPath) || target,
  };
}

/** Trivy's own choice of a severity; where it has none, the gravest score of any database. */
function statedSeverity({ Severity: stated, CVSS: scores }: JsonObject): Severity {
  const own = severityOf(stated);
  if (own !== 'unknown' || !isRecord(scores)) return own;
  return worst(
    recordsOf(Object.values(scores)).map(({ V40Score, V3Score, V2Score }) =>
      severityOf(V40Score ?? V3Score ?? V2Score),
    ),
  );
}
