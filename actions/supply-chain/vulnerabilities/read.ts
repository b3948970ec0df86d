import { isRecord, type JsonObject } from '../json.ts';
import { decodeText } from '../sbom/encoding.ts';
import type { ParsedReport, Report } from './model.ts';
import { parseGrype } from './reports/grype.ts';
import { parseNpmAudit } from './reports/npm-audit.ts';
import { parseOsv } from './reports/osv.ts';
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
    fits: ({ SchemaVersion, ArtifactName }) => SchemaVersion === 2 && ArtifactName !== undefined,
    parse: parseTrivy,
  },
  { fits: ({ auditReportVersion }) => auditReportVersion === 2, parse: parseNpmAudit },
  { fits: ({ runs, version }) => Array.isArray(runs) && version === '2.1.0', parse: parseSarif },
  { fits: ({ results }) => Array.isArray(results), parse: parseOsv },
];

/** Reads a report of Grype, Trivy, OSV-Scanner or npm audit as JSON, or SARIF of any scanner. Never throws. */
export function readReport(path: string, bytes: Uint8Array): ReportRead {
  const refuse = (problem: string): ReportRead => ({ ok: false, path, problem });
  try {
    const document: unknown = JSON.parse(decodeText(bytes));
    if (!isRecord(document)) return refuse('it holds no object');
    if (document.error !== undefined) return refuse('the scanner wrote an error instead of a result');
    if (document.advisories !== undefined)
      return refuse('npm audit of npm 6 is not read; use npm 7 or later');
    const format = formats.find(({ fits }) => fits(document));
    if (format === undefined)
      return refuse('it is no report of Grype, Trivy, OSV-Scanner, npm audit, and no SARIF 2.1.0');
    const report = format.parse(document);
    const nameless = report.vulnerabilities.filter(
      (one) => one.ids.length === 0 || one.package === '',
    ).length;
    if (nameless > 0) return refuse(`${nameless} of its entries name no advisory or no package`);
    return { ok: true, report: { ...report, path } };
  } catch (error) {
    return refuse(`it is not JSON text (${error instanceof Error ? error.message : String(error)})`);
  }
}
