import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import type { ParsedReport, Vulnerability } from '../model.ts';
import { severityOf } from '../severity.ts';
import { timeOf } from './parts.ts';

/**
 * SARIF 2.1.0. It has no field for packages: they are read from the sentences that Trivy, Grype, OSV-Scanner and Snyk write,
 * else the file stands for them. Suppressions in the report are not honoured: waivers and VEX are the way.
 */
export function parseSarif(report: JsonObject): ParsedReport {
  const runs = recordsOf(report.runs);
  const driver = driverOf(runs[0]);
  const ends = runs.flatMap(({ invocations }) =>
    recordsOf(invocations).map(({ endTimeUtc }) => timeOf(endTimeUtc)),
  );
  return {
    scanner: textOf(driver.name) ?? 'SARIF',
    scannedAt: ends[0] ?? null,
    subjects: [],
    vulnerabilities: runs.flatMap((run) => {
      const rules = recordsOf(driverOf(run).rules);
      const byId = new Map(rules.map((rule) => [textOf(rule.id), rule] as const));
      return recordsOf(run.results)
        .filter(
          ({ kind, baselineState }) => (kind === undefined || kind === 'fail') && baselineState !== 'absent',
        )
        .map((result) =>
          vulnerabilityOf(result, byId.get(textOf(result.ruleId)) ?? rules[Number(result.ruleIndex)] ?? {}),
        );
    }),
  };
}

function driverOf(run: JsonObject | undefined): JsonObject {
  const tool = isRecord(run?.tool) ? run.tool : {};
  return isRecord(tool.driver) ? tool.driver : {};
}

function vulnerabilityOf(result: JsonObject, rule: JsonObject): Vulnerability {
  const message = textIn(result.message);
  const ruleId = textOf(result.ruleId) ?? textOf(rule.id) ?? '';
  const ids =
    `${ruleId} ${message} ${textIn(rule.fullDescription)}`.match(
      /CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}/gi,
    ) ?? [];
  const properties = isRecord(rule.properties) ? rule.properties : {};
  const configuration = isRecord(rule.defaultConfiguration) ? rule.defaultConfiguration : {};
  const place = placeOf(result);
  const named = packageIn(message) ?? packageIn(textIn(rule.fullDescription));
  const own = isRecord(result.properties) ? result.properties : {};
  const fixed = /^Fixed Version: (\S.*)$/m.exec(message)?.[1];
  return {
    ids: [...new Set(ids.length > 0 ? ids : [ruleId])],
    package: named?.name ?? place ?? ruleId,
    version: named?.version ?? '',
    purl: null,
    severity: severityOf(
      own['security-severity'] ?? properties['security-severity'] ?? result.level ?? configuration.level,
    ),
    fixedIn: fixed === undefined ? [] : fixed.split(/,\s*/),
    published: null,
    place,
  };
}

function packageIn(message: string): { name: string; version: string } | null {
  const trivy = /^Package: (\S+)\s*\nInstalled Version: (\S+)/m.exec(message);
  const grype = /package: ([^\s,]+), version (\S+)/.exec(message);
  const osv = /[Pp]ackage '([^'\s]+)@([^'\s@]+)'/.exec(message);
  const snyk = /^\(CVE-[\d-]+(?:, ?CVE-[\d-]+)*\) (\S+)@([^@\s]+)$/.exec(message);
  const match = trivy ?? grype ?? osv ?? snyk;
  return match === null ? null : { name: match[1] ?? '', version: match[2] ?? '' };
}

function textIn(message: unknown): string {
  return isRecord(message) ? (textOf(message.text) ?? '') : '';
}

function placeOf(result: JsonObject): string | null {
  const [location] = listOf(result.locations);
  const physical = isRecord(location) && isRecord(location.physicalLocation) ? location.physicalLocation : {};
  return isRecord(physical.artifactLocation) ? textOf(physical.artifactLocation.uri) : null;
}
