import { isRecord, type JsonObject } from '../json.ts';
import { decodeText } from '../sbom/encoding.ts';
import type { ParsedReport, Report } from './model.ts';
import { parseAdvisories, parseYarnBerry, parseYarnClassic } from './reports/advisories.ts';
import { parseCycloneDxReport } from './reports/cyclonedx.ts';
import { parseGrype } from './reports/grype.ts';
import { parseNpmAudit } from './reports/npm-audit.ts';
import { parseOsv } from './reports/osv.ts';
import { parsePipAudit } from './reports/pip-audit.ts';
import { parseSarif } from './reports/sarif.ts';
import { parseTrivy } from './reports/trivy.ts';

export type ReportRead =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly path: string; readonly problem: string };

interface Format {
  readonly fits: (report: JsonObject) => boolean;
  readonly parse: (report: JsonObject) => ParsedReport;
}

/** A scanner's report is known by the keys that only it has. */
const formats: readonly Format[] = [
  { fits: ({ matches, descriptor }) => Array.isArray(matches) && isRecord(descriptor), parse: parseGrype },
  {
    fits: ({ SchemaVersion, ArtifactName, ClusterName }) =>
      (SchemaVersion === 2 && ArtifactName !== undefined) || ClusterName !== undefined,
    parse: parseTrivy,
  },
  { fits: ({ auditReportVersion }) => auditReportVersion === 2, parse: parseNpmAudit },
  { fits: ({ advisories, metadata }) => isRecord(advisories) && isRecord(metadata), parse: parseAdvisories },
  { fits: ({ runs, version }) => Array.isArray(runs) && version === '2.1.0', parse: parseSarif },
  { fits: ({ bomFormat }) => bomFormat === 'CycloneDX', parse: parseCycloneDxReport },
  {
    fits: ({ dependencies, fixes }) => Array.isArray(dependencies) && Array.isArray(fixes),
    parse: parsePipAudit,
  },
  { fits: ({ results }) => Array.isArray(results), parse: parseOsv },
];

interface LineFormat {
  readonly fits: (line: JsonObject) => boolean;
  readonly parse: (lines: readonly JsonObject[]) => ParsedReport;
}

/** Reports that are one object a line. */
const lineFormats: readonly LineFormat[] = [
  { fits: ({ type, data }) => typeof type === 'string' && data !== undefined, parse: parseYarnClassic },
  { fits: ({ value, children }) => typeof value === 'string' && isRecord(children), parse: parseYarnBerry },
];

/**
 * Reads a report of Grype, Trivy, OSV-Scanner, npm audit, pnpm audit, yarn audit or pip-audit as JSON, CycloneDX with
 * vulnerabilities, or SARIF of any scanner. Never throws.
 */
export function readReport(path: string, bytes: Uint8Array): ReportRead {
  const refuse = (problem: string): ReportRead => ({ ok: false, path, problem });
  try {
    const report = parseReport(decodeText(bytes));
    if (typeof report === 'string') return refuse(report);
    const nameless = report.vulnerabilities.filter(
      (one) => one.ids.length === 0 || one.package === '',
    ).length;
    if (nameless > 0) return refuse(`${nameless} of its entries name no advisory or no package`);
    return { ok: true, report: { ...report, path } };
  } catch (error) {
    return refuse(`it is not JSON text (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The report, or why it is none. */
function parseReport(text: string): ParsedReport | string {
  const lines = linesOf(text);
  const byLine = lines === null ? undefined : lineFormats.find(({ fits }) => lines.every(fits));
  if (lines !== null && byLine !== undefined) {
    const failed = lines.find(({ type }) => type === 'error');
    return failed === undefined ? byLine.parse(lines) : 'the scanner wrote an error instead of a result';
  }
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) return 'it holds no object';
  if (document.error !== undefined) return 'the scanner wrote an error instead of a result';
  const format = formats.find(({ fits }) => fits(document));
  return (
    format?.parse(document) ??
    'it is no report of Grype, Trivy, OSV-Scanner, an audit of npm, pnpm, yarn or pip, no CycloneDX and no SARIF 2.1.0'
  );
}

/** Null: it is not one object a line. */
function linesOf(text: string): readonly JsonObject[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0 || !lines.every((line) => line.startsWith('{') && line.trimEnd().endsWith('}')))
    return null;
  const parsed = lines.map((line): unknown => JSON.parse(line));
  return parsed.every(isRecord) ? parsed : null;
}
