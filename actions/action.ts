import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { conductorBaselines } from '../adapters/actions-runner/baselines.ts';
import { audienceOf } from '../adapters/actions-runner/conductor-address.ts';
import {
  appendSummary,
  readEvent,
  type StepEnvironment,
  setOutputs,
} from '../adapters/actions-runner/environment.ts';
import { requestOidcToken } from '../adapters/actions-runner/oidc-token.ts';
import { parseRunContext, type RunContext } from '../adapters/actions-runner/subject.ts';
import { submitResult } from '../adapters/actions-runner/submit.ts';
import {
  annotationCommand,
  errorCommand,
  maskCommand,
  noticeCommand,
  plainText,
} from '../adapters/actions-runner/workflow-commands.ts';
import { folderTree } from '../adapters/node-io/folder-tree.ts';
import { gitTree } from '../adapters/node-io/git-tree.ts';
import { type ConfigRead, readConfig } from '../adapters/node-io/read-config.ts';
import { ConductorError } from '../core/errors.ts';
import { exitStatusOfError, exitStatusOfVerdict } from '../core/gate/exit-status.ts';
import type { AnyGate, GateIo } from '../core/gate/gate.ts';
import type { GateName } from '../core/gate/names.ts';
import { parseOptions } from '../core/gate/options.ts';
import { annotationsOf, renderReport } from '../core/gate/report.ts';
import { worstVerdict } from '../core/gate/verdict.ts';
import type { OpenSignatureVerifier } from '../core/ports/attestations.ts';
import type { ThrowawayDatabases } from '../core/ports/database.ts';
import type { RepositoryPolicies } from '../core/ports/repository-policies.ts';
import type { FileTree } from '../core/ports/system.ts';
import { type ActionInputs, readActionInputs } from './action-inputs.ts';
import { nodeGateIo } from './node-io.ts';
import { type GateRunOutcome, runGate } from './run-gate.ts';
import { tool } from './tool.ts';

/** What one action is made of: its gates, and the parts of the world that only some gates need. */
export interface ActionParts {
  readonly gates: readonly AnyGate[];
  readonly metrics?: (guarded: typeof fetch) => GateIo['metrics'];
  readonly databases?: (url: string) => ThrowawayDatabases;
  readonly signatures?: OpenSignatureVerifier;
  readonly policies?: RepositoryPolicies;
}

interface ActionRun {
  readonly env: StepEnvironment;
  readonly inputs: ActionInputs;
  readonly context: RunContext;
  readonly trees: { readonly files: FileTree; readonly baseFiles: FileTree | undefined };
  readonly read: ConfigRead;
  readonly gates: readonly AnyGate[];
}

type Attempt =
  | { readonly gate: GateName; readonly outcome: GateRunOutcome }
  | { readonly gate: GateName; readonly error: unknown };

/**
 * One run of an action in a job, from its inputs to its exit status, which it returns: 0 pass or warn, 1 any other
 * verdict, 2 a mistake in inputs or config, 3 a provider or the Conductor did not answer, 70 a defect of ours.
 * The verdict is shown before anything is submitted, so a silent Conductor never hides it.
 */
export async function runAction(parts: ActionParts, env: StepEnvironment = process.env): Promise<number> {
  try {
    const run = await prepare(parts, env);
    const attempts = await runGates(parts, run);
    for (const attempt of attempts) await showAttempt(run, attempt);
    const resultFile = await keepResults(run, attempts);
    await setOutputs(env, { verdict: verdictOf(attempts), result: resultFile });
    const submitted = await submitAll(run, attempts);
    return Math.max(submitted, ...attempts.map(statusOf));
  } catch (error) {
    return showError(error);
  }
}

/** Everything that can be wrong before any work: inputs, the event, the config and each gate's section of it. */
async function prepare(parts: ActionParts, env: StepEnvironment): Promise<ActionRun> {
  const inputs = readActionInputs(env);
  const context = parseRunContext(env, await readEvent(env));
  const trees = await openTrees(inputs, context);
  const read = await readConfig(inputs.config, trees.files, trees.baseFiles);
  const gates = chooseGates(parts.gates, inputs, read);
  for (const gate of gates) parseOptions(gate.options, read.config.gates[gate.name], `gates.${gate.name}`);
  return { env, inputs, context, trees, read, gates };
}

async function openTrees(inputs: ActionInputs, context: RunContext): Promise<ActionRun['trees']> {
  const files = await folderTree(inputs.workingDirectory);
  if (inputs.baseDirectory !== null) return { files, baseFiles: await folderTree(inputs.baseDirectory) };
  const base = context.baseSha === null ? null : await gitTree(inputs.workingDirectory, context.baseSha);
  return { files, baseFiles: base ?? undefined };
}

function chooseGates(gates: readonly AnyGate[], inputs: ActionInputs, read: ConfigRead): readonly AnyGate[] {
  if (gates.length === 1) return gates;
  const configured = gates.filter((gate) => read.config.gates[gate.name] !== undefined);
  const wanted = inputs.gates;
  if (wanted !== null) return gates.filter((gate) => wanted.includes(gate.name));
  return configured.length > 0 ? configured : gates;
}

async function runGates(parts: ActionParts, run: ActionRun): Promise<Attempt[]> {
  const { databaseUrl, conductorUrl } = run.inputs;
  if (databaseUrl !== null) console.log(maskCommand(databaseUrl));
  const io = nodeGateIo({
    ...run.trees,
    allowedHosts: run.read.config.allowed_hosts,
    metrics: parts.metrics,
    signatures: parts.signatures,
    policies: parts.policies,
    baselines:
      conductorUrl === ''
        ? undefined
        : conductorBaselines(conductorUrl, { fetch, token: () => tokenOf(run) }),
    databases: databaseUrl === null ? undefined : parts.databases?.(databaseUrl),
  });
  const attempts: Attempt[] = [];
  for (const gate of run.gates) {
    const rawOptions = run.read.config.gates[gate.name];
    const { subject } = run.context;
    try {
      const outcome = await runGate(gate, { rawOptions, subject, io, configSha256: run.read.sha256, tool });
      attempts.push({ gate: gate.name, outcome });
    } catch (error) {
      attempts.push({ gate: gate.name, error });
    }
  }
  return attempts;
}

async function showAttempt(run: ActionRun, attempt: Attempt): Promise<void> {
  if ('error' in attempt) {
    showError(attempt.error);
    return;
  }
  const { result } = attempt.outcome;
  const report = renderReport(result);
  console.log(plainText(report));
  for (const annotation of annotationsOf(result)) console.log(annotationCommand(annotation));
  if (exitStatusOfVerdict(result.verdict) !== 0)
    console.log(errorCommand(`${attempt.gate}: ${result.verdict}`, result.summary));
  if (run.read.origin === 'default')
    console.log(noticeCommand('no config', `${run.inputs.config} is missing: every default holds.`));
  await appendSummary(run.env, report);
}

/** Writes `<folder>/<gate>/result.json` and the evidence beside it; returns the path of the result (of several: a list of all). */
async function keepResults(run: ActionRun, attempts: readonly Attempt[]): Promise<string> {
  const done = attempts.flatMap((attempt) => ('outcome' in attempt ? [attempt.outcome] : []));
  for (const { result, files } of done) {
    const folder = join(run.inputs.outputFolder, result.gate);
    await writeFileIn(join(folder, 'result.json'), JSON.stringify(result, null, 2));
    for (const file of files) await writeFileIn(join(folder, file.path), file.bytes);
  }
  const only = run.gates.length === 1 ? run.gates[0] : undefined;
  if (only !== undefined)
    return done.length === 1 ? join(run.inputs.outputFolder, only.name, 'result.json') : '';
  const all = join(run.inputs.outputFolder, 'results.json');
  await writeFileIn(
    all,
    JSON.stringify(
      done.map(({ result }) => result),
      null,
      2,
    ),
  );
  return all;
}

async function writeFileIn(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function submitAll(run: ActionRun, attempts: readonly Attempt[]): Promise<number> {
  const { conductorUrl } = run.inputs;
  if (conductorUrl === '') return 0;
  let status = 0;
  for (const attempt of attempts) {
    if ('error' in attempt) continue;
    try {
      const token = await tokenOf(run);
      const digest = await submitResult({ conductorUrl, token, ...attempt.outcome }, { fetch, pause });
      console.log(`${attempt.gate}: accepted by ${conductorUrl} as sha256:${digest}`);
    } catch (error) {
      status = Math.max(status, showError(error));
    }
  }
  return status;
}

/** A fresh token for each request to the Conductor, masked before anything can print it. */
async function tokenOf({ env, inputs }: ActionRun): Promise<string> {
  const token = await requestOidcToken(env, audienceOf(inputs.conductorUrl));
  console.log(maskCommand(token));
  return token;
}

function verdictOf(attempts: readonly Attempt[]): string {
  const broken = attempts.some((attempt) => 'error' in attempt);
  const verdicts = attempts.flatMap((attempt) =>
    'outcome' in attempt ? [attempt.outcome.result.verdict] : [],
  );
  return worstVerdict(broken ? [...verdicts, 'inconclusive'] : verdicts);
}

function statusOf(attempt: Attempt): number {
  return 'error' in attempt
    ? exitStatusOfError(attempt.error)
    : exitStatusOfVerdict(attempt.outcome.result.verdict);
}

/** One or two lines for a person's mistake; the stack only for a defect of ours. */
function showError(error: unknown): number {
  if (error instanceof ConductorError) {
    console.log(errorCommand(error.code, `${error.message}\n${error.help}`));
  } else {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(errorCommand('INTERNAL', `A defect of the action, please report it.\n${words}`));
  }
  return exitStatusOfError(error);
}
