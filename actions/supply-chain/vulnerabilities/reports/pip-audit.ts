import { type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import type { ParsedReport } from '../model.ts';

/** `pip-audit --format json`. It states no severities. What it skipped it could not look up. */
export function parsePipAudit(report: JsonObject): ParsedReport {
  return {
    scanner: 'pip-audit',
    scannedAt: null,
    subjects: [],
    vulnerabilities: recordsOf(report.dependencies).flatMap(({ name, version, vulns }) =>
      recordsOf(vulns).map(({ id, aliases, fix_versions: fixed }) => ({
        ids: [id, ...listOf(aliases)].flatMap((one) => textOf(one) ?? []),
        package: textOf(name) ?? '',
        version: textOf(version) ?? '',
        purl: null,
        severity: 'unknown' as const,
        fixedIn: listOf(fixed).flatMap((one) => textOf(one) ?? []),
        published: null,
        place: null,
      })),
    ),
  };
}
