import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import type { ParsedReport, Severity, Vulnerability } from '../model.ts';
import { severityOf, severityOfVector, worst } from '../severity.ts';
import { timeOf } from './parts.ts';

/** `osv-scanner --format json`. A group holds the records of several databases that mean one weakness. */
export function parseOsv(report: JsonObject): ParsedReport {
  return {
    scanner: 'osv-scanner',
    scannedAt: null,
    subjects: [],
    vulnerabilities: recordsOf(report.results).flatMap((result) => {
      const place = isRecord(result.source) ? textOf(result.source.path) : null;
      return recordsOf(result.packages).flatMap((found) => vulnerabilitiesOf(found, place));
    }),
  };
}

function vulnerabilitiesOf(found: JsonObject, place: string | null): Vulnerability[] {
  const named = isRecord(found.package) ? found.package : {};
  const records = recordsOf(found.vulnerabilities).filter(({ withdrawn }) => withdrawn === undefined);
  const groups = recordsOf(found.groups);
  return records.map((record) => {
    const id = textOf(record.id) ?? '';
    const group = groups.find(({ ids }) => listOf(ids).includes(id));
    const own = isRecord(record.database_specific) ? record.database_specific.severity : undefined;
    const others = [...listOf(record.aliases), ...listOf(group?.ids), ...listOf(group?.aliases)];
    return {
      ids: [...new Set([id, ...others.flatMap((one) => textOf(one) ?? [])])],
      package: textOf(named.name) ?? '',
      version: textOf(named.version) ?? '',
      purl: null,
      severity: worst([severityOf(group?.max_severity), severityOf(own), ...scoresOf(record)]),
      fixedIn: fixedVersions(record, textOf(named.name)),
      published: timeOf(record.published),
      place,
    };
  });
}

/** OSV's own field: CVSS vectors. */
function scoresOf({ severity }: JsonObject): Severity[] {
  return recordsOf(severity).map(({ score }) => severityOfVector(textOf(score)));
}

function fixedVersions(record: JsonObject, name: string | null): string[] {
  const versions = recordsOf(record.affected)
    .filter((affected) => isRecord(affected.package) && affected.package.name === name)
    .flatMap((affected) => recordsOf(affected.ranges))
    .filter(({ type }) => type !== 'GIT')
    .flatMap(({ events }) => recordsOf(events).flatMap(({ fixed }) => textOf(fixed) ?? []));
  return [...new Set(versions)];
}
