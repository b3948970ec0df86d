import { createHash } from 'node:crypto';
import { type ConductorError, InternalError } from '../core/errors.ts';
import type { AnyGate, Evaluation, EvidenceFile, GateIo } from '../core/gate/gate.ts';
import { parseOptions } from '../core/gate/options.ts';
import { clip } from '../core/gate/report.ts';
import { type Finding, type GateResult, gateResultSchema, type Subject } from '../core/gate/result.ts';
import { plural } from '../core/gate/verdict.ts';
import { cautious } from './unknown-organisation.ts';

export interface GateRun {
  /** The gate's section of the config as it was read, not yet checked. */
  readonly rawOptions: unknown;
  readonly subject: Subject;
  readonly io: GateIo;
  /** SHA-256 of the config file that `rawOptions` came from. */
  readonly configSha256: string;
  readonly tool: { readonly name: string; readonly version: string };
  /** Why the config of the organisation is not known, where one may hold. */
  readonly organisationUnknown?: string | undefined;
}

export interface GateRunOutcome {
  readonly result: GateResult;
  readonly files: readonly EvidenceFile[];
}

const limits = { findings: 10_000, text: 4_000, summary: 1_000, path: 1_024 } as const;

/**
 * Runs one gate: options checked, facts collected, facts evaluated, result made. The action, the CLI and the
 * App all come through here, which is why a gate has one verdict in all three. Throws `ConfigError` before any
 * work when the options are wrong, `ProviderError`/`InputError` from the gate, and `InternalError` when a gate
 * breaks its contract (a verdict that contradicts its findings never leaves).
 */
export async function runGate(gate: AnyGate, run: GateRun): Promise<GateRunOutcome> {
  const options: unknown = parseOptions(gate.options, run.rawOptions, `gates.${gate.name}`);
  const startedAt = run.io.clock.now();
  const facts: unknown = await gate.collect(options, run.subject, run.io);
  const evaluation = cautious(
    await gate.evaluate(options, facts, run.subject, startedAt),
    run.organisationUnknown,
  );
  refuseContradiction(gate, evaluation);
  const result: GateResult = {
    schema_version: 1,
    gate: gate.name,
    verdict: evaluation.verdict,
    subject: run.subject,
    summary: clip(evaluation.summary, limits.summary),
    findings: tidyFindings(evaluation.findings),
    measurements: { ...evaluation.measurements },
    evidence: evaluation.evidence.map((file) => ({
      path: file.path,
      sha256: createHash('sha256').update(file.bytes).digest('hex'),
      media_type: file.mediaType,
    })),
    inputs: {
      config_sha256: run.configSha256,
      ...(evaluation.policySha256 === undefined ? {} : { policy_sha256: evaluation.policySha256 }),
    },
    started_at: new Date(startedAt).toISOString(),
    finished_at: new Date(Math.max(startedAt, run.io.clock.now())).toISOString(),
    tool: { ...run.tool },
  };
  return { result: checked(gate, result), files: evaluation.evidence };
}

/** Fail closed: an error among the findings can never travel under a passing verdict, nor bad evidence paths. */
function refuseContradiction(gate: AnyGate, evaluation: Evaluation): void {
  const passing = evaluation.verdict === 'pass' || evaluation.verdict === 'warn';
  if (passing && evaluation.findings.some((finding) => finding.level === 'error')) {
    throw brokenContract(gate, `verdict ${evaluation.verdict} beside a finding of level error`);
  }
  const paths = evaluation.evidence.map((file) => file.path);
  const bad = paths.find((path) => !/^[\w.@+-]+(\/[\w.@+-]+)*$/.test(path) || path.split('/').includes('..'));
  if (bad !== undefined) throw brokenContract(gate, `unsafe evidence path ${JSON.stringify(bad)}`);
  if (new Set(paths).size !== paths.length) throw brokenContract(gate, 'two evidence files with one path');
}

/** Sorted by place, texts cut to the contract's limits; what does not fit is counted, not dropped in silence. */
function tidyFindings(findings: readonly Finding[]): Finding[] {
  const sorted = [...findings].sort(byPlace).map((finding) => ({
    ...finding,
    message: clip(finding.message, limits.text),
    help: clip(finding.help, limits.text),
    ...(finding.path === undefined ? {} : { path: clip(finding.path, limits.path) }),
  }));
  if (sorted.length <= limits.findings) return sorted;
  const kept = limits.findings - 1;
  return [
    ...sorted.slice(0, kept),
    {
      code: 'too-many-findings',
      level: 'notice',
      message: `${plural(sorted.length - kept, 'further finding')} left out: a result holds ${limits.findings}.`,
      help: 'Correct the findings above and run again, or narrow the paths that the gate looks at.',
    },
  ];
}

const levelOrder = { error: 0, warning: 1, notice: 2 } as const;

function byPlace(left: Finding, right: Finding): number {
  return (
    compare(left.path ?? '', right.path ?? '') ||
    (left.line ?? 0) - (right.line ?? 0) ||
    (left.column ?? 0) - (right.column ?? 0) ||
    levelOrder[left.level] - levelOrder[right.level] ||
    compare(left.code, right.code) ||
    compare(left.message, right.message)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function checked(gate: AnyGate, result: GateResult): GateResult {
  const parsed = gateResultSchema.safeParse(result);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw brokenContract(gate, `${first?.path.join('.') ?? 'result'}: ${first?.message ?? 'not a GateResult'}`);
}

function brokenContract(gate: AnyGate, what: string): ConductorError {
  return new InternalError(
    'GATE_CONTRACT_BROKEN',
    `The gate ${gate.name} broke its contract: ${what}.`,
    'This is a defect of the tool, not of the change; please report it with the input that shows it.',
  );
}
