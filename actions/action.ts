import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conductorBaselines } from '../adapters/actions-runner/baselines.ts';
import {
  appendSummary,
  readEvent,
  type StepEnvironment,
  setOutputs,
} from '../adapters/actions-runner/environment.ts';
import {
  type OrganisationRead,
  organisationOfConductor,
  visibleOrganisation,
} from '../adapters/actions-runner/organisation.ts';
import { parseRunContext, type RunContext } from '../adapters/actions-runner/subject.ts';
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
import { formatProblem } from '../core/config/problem.ts';
import { InputError } from '../core/errors.ts';
import { exitStatusOfError, exitStatusOfVerdict } from '../core/gate/exit-status.ts';
import type { AnyGate, GateIo } from '../core/gate/gate.ts';
import { parseOptions } from '../core/gate/options.ts';
import { annotationsOf, renderReport } from '../core/gate/report.ts';
import { worstVerdict } from '../core/gate/verdict.ts';
import type { OpenSignatureVerifier, ReadPublishedAttestations } from '../core/ports/attestations.ts';
import type { ReadBranchRules } from '../core/ports/branch-rules.ts';
import type { ThrowawayDatabases } from '../core/ports/database.ts';
import type { RepositoryPolicies } from '../core/ports/repository-policies.ts';
import { type ActionInputs, readActionInputs } from './action-inputs.ts';
import type { ActionRun, Attempt } from './action-run.ts';
import { patience, tokenOf } from './conductor-access.ts';
import { withEnvironment, withHostOf } from './environment-under-test.ts';
import { parseFacts } from './facts-file.ts';
import { keepResults } from './keep-results.ts';
import { nodeGateIo } from './node-io.ts';
import { runGate } from './run-gate.ts';
import { showError } from './show-error.ts';
import { withPlannedRollout } from './slo/planned-rollout.ts';
import { submitResults } from './submit-results.ts';
import { tool } from './tool.ts';

/** What one action is made of: its gates, and the parts of the world that only some gates need. */
export interface ActionParts {
  readonly gates: readonly AnyGate[];
  readonly metrics?: (guarded: typeof fetch) => GateIo['metrics'];
  readonly databases?: (url: string) => ThrowawayDatabases;
  readonly signatures?: OpenSignatureVerifier;
  readonly attestations?: (token: string, env: StepEnvironment) => ReadPublishedAttestations;
  readonly policies?: RepositoryPolicies;
  readonly branchRules?: (token: string, env: StepEnvironment) => ReadBranchRules;
}

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
    const kept = await keepResults(run, attempts);
    await setOutputs(env, { verdict: verdictOf(attempts), ...kept });
    const submitted = await submitResults(run, attempts);
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
  const organisation = await readOrganisation(env, inputs, context);
  const read = await readConfig(
    inputs.config,
    trees.files,
    trees.baseFiles,
    organisation.known ? organisation.organisation : null,
  );
  const organisationUnknown = organisation.known ? undefined : organisation.reason;
  for (const problem of read.weaker)
    console.log(noticeCommand('weaker than the organisation', formatProblem(problem)));
  const gates = chooseGates(parts.gates, inputs, read);
  for (const gate of gates) parseOptions(gate.options, optionsOf(gate, read, inputs), `gates.${gate.name}`);
  const allowedHosts = withHostOf(read.config.allowed_hosts, inputs.environment);
  const facts = await readFacts(inputs);
  return { env, inputs, context, trees, read, organisationUnknown, gates, allowedHosts, facts };
}

/** Asked for where results are submitted: the Conductor takes none that was computed without it. */
async function readOrganisation(
  env: StepEnvironment,
  inputs: ActionInputs,
  { subject }: RunContext,
): Promise<OrganisationRead> {
  const { conductorUrl, githubToken } = inputs;
  const apiUrl = env.GITHUB_API_URL ?? '';
  if (conductorUrl === '' || (apiUrl === '' && !env.ACTIONS_ID_TOKEN_REQUEST_URL))
    return { known: true, organisation: null };
  return env.ACTIONS_ID_TOKEN_REQUEST_URL
    ? organisationOfConductor(conductorUrl, { ...patience, token: () => tokenOf({ env, inputs }) })
    : visibleOrganisation(subject.repository, apiUrl, { fetch, token: githubToken });
}

function optionsOf(gate: AnyGate, read: ConfigRead, inputs: ActionInputs): unknown {
  const { gates, release } = read.config;
  return withEnvironment(gate, withPlannedRollout(gate, gates[gate.name], release), inputs.environment);
}

async function readFacts({ facts, workingDirectory }: ActionInputs): Promise<unknown> {
  if (facts === null) return undefined;
  const bytes = await readFile(join(workingDirectory, facts)).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(
      'FILE_UNREADABLE',
      `${facts} cannot be read (${cause.code})`,
      'Give a file in the working directory.',
      { cause },
    );
  });
  return parseFacts(facts, bytes);
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
  const { databaseUrl, conductorUrl, githubToken } = run.inputs;
  if (githubToken !== '') console.log(maskCommand(githubToken));
  if (databaseUrl !== null) console.log(maskCommand(databaseUrl));
  const io = nodeGateIo({
    ...run.trees,
    allowedHosts: run.allowedHosts,
    metrics: parts.metrics,
    signatures: parts.signatures,
    attestations: githubToken === '' ? undefined : parts.attestations?.(githubToken, run.env),
    branchRules: githubToken === '' ? undefined : parts.branchRules?.(githubToken, run.env),
    policies:
      parts.policies && run.facts !== undefined ? { ...parts.policies, facts: run.facts } : parts.policies,
    baselines:
      conductorUrl === ''
        ? undefined
        : conductorBaselines(conductorUrl, { ...patience, token: () => tokenOf(run) }),
    databases: databaseUrl === null ? undefined : parts.databases?.(databaseUrl),
  });
  const attempts: Attempt[] = [];
  for (const gate of run.gates) {
    const rawOptions = optionsOf(gate, run.read, run.inputs);
    const { subject } = run.context;
    const { organisationUnknown, read } = run;
    try {
      const outcome = await runGate(gate, {
        rawOptions,
        subject,
        io,
        configSha256: read.sha256,
        tool,
        organisationUnknown,
      });
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
