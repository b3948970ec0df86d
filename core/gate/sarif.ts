import { checkNameOf } from './names.ts';
import type { Finding, GateResult } from './result.ts';

const informationUri = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html';

/** Results as a SARIF 2.1.0 log with a run each: what code scanning and editors read. */
export function toSarif(results: readonly GateResult[]): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: results.map(runOf),
  };
}

function runOf(result: GateResult): Readonly<Record<string, unknown>> {
  const codes = [...new Set(result.findings.map((finding) => finding.code))].sort();
  return {
    tool: {
      driver: {
        name: `${result.tool.name}/${checkNameOf[result.gate]}`,
        version: result.tool.version,
        informationUri,
        rules: codes.map((code) => ruleOf(code, result.findings)),
      },
    },
    automationDetails: { id: `release-conductor/${result.gate}/` },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: true,
        startTimeUtc: result.started_at,
        endTimeUtc: result.finished_at,
      },
    ],
    properties: { verdict: result.verdict, summary: result.summary },
    results: result.findings.map((finding) => resultOf(finding, codes.indexOf(finding.code))),
  };
}

function ruleOf(code: string, findings: readonly Finding[]): Readonly<Record<string, unknown>> {
  const first = findings.find((finding) => finding.code === code);
  return {
    id: code,
    shortDescription: { text: code.replaceAll('-', ' ') },
    help: { text: first?.help ?? '' },
  };
}

function resultOf(finding: Finding, ruleIndex: number): Readonly<Record<string, unknown>> {
  const level = { error: 'error', warning: 'warning', notice: 'note' }[finding.level];
  return {
    ruleId: finding.code,
    ruleIndex,
    level,
    message: { text: `${finding.message}\n${finding.help}` },
    ...(finding.path === undefined
      ? {}
      : { locations: [{ physicalLocation: physicalLocation(finding.path, finding) }] }),
  };
}

function physicalLocation(path: string, finding: Finding): Readonly<Record<string, unknown>> {
  const region =
    finding.line === undefined
      ? {}
      : {
          region: {
            startLine: finding.line,
            ...(finding.column === undefined ? {} : { startColumn: finding.column }),
          },
        };
  return { artifactLocation: { uri: encodeURI(path), uriBaseId: '%SRCROOT%' }, ...region };
}
