import { ConductorError, ProviderError } from '../../core/errors.ts';
import { decideArtifactIntake } from '../../core/evidence/intake-artifact.ts';
import { checkSubmittedFiles } from '../../core/evidence/submitted-files.ts';
import { hasLocalSteps } from '../../core/evidence/workflow-steps.ts';
import type { Collected } from '../../core/flow/collect.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import type { Forge } from '../../core/ports/forge.ts';
import {
  type Artifact,
  artifactName,
  type FoundResult,
  readArtifactResults,
} from '../evidence/artifact-results.ts';
import type { StagedFile } from '../evidence/believe.ts';
import { reportOf } from '../evidence/intake.ts';
import { readTrustContext, type TrustContext, type TrustedRun } from '../evidence/trust-context.ts';
import { RequestProblem } from '../http/problem.ts';
import type { EffectContext, Performer } from './performer.ts';

/** Artifacts of one run that are looked at. */
const maxArtifacts = 20;

type Run = Awaited<ReturnType<Forge['readWorkflowRun']>> & { readonly id: number };

/**
 * Takes in the results that a run left in artifacts, because it got no token or could not reach us. Each is decided by
 * itself: one that is refused does not take the others with it.
 */
export const collectResults: Performer<'collectResults'> = async ({ runId, sha }, context) => {
  const { forge } = context;
  const artifacts = (await forge.listArtifacts(runId)).filter(({ name }) => artifactName.test(name));
  if (artifacts.length === 0) return { settled: none };
  const run = { ...(await forge.readWorkflowRun(runId)), id: runId };
  if (run.headSha !== sha) return { settled: none };
  const outcome = { sha, accepted: [...none.accepted], refused: [...none.refused] };
  const trust = await refusalOf(() => trustOf(run, context));
  for (const artifact of artifacts.slice(0, maxArtifacts)) {
    // What an earlier attempt of the run uploaded is listed for ever.
    if (artifact.createdAt < run.startedAt) continue;
    const found = 'code' in trust ? trust : await refusalOf(() => readArtifactResults(artifact, forge));
    if ('code' in found) {
      outcome.refused.push({ artifact: artifact.name, ...found });
      continue;
    }
    for (const one of found) await takeIn(one, artifact, run, trust as Trust, context, outcome);
  }
  return { settled: outcome };
};

const none: Collected = { accepted: [], refused: [] };

interface Trust extends TrustContext {
  readonly hasLocalSteps: boolean;
}

async function takeIn(
  { result, files }: FoundResult,
  artifact: Artifact,
  run: Run,
  trust: Trust,
  context: EffectContext,
  outcome: { readonly accepted: Collected['accepted']; readonly refused: Collected['refused'] },
): Promise<void> {
  const decision = decideArtifactIntake({ run, result, now: context.now(), ...trust });
  const staged = 'refuse' in decision ? [] : await Promise.all(files.map((file) => stage(file, context)));
  const refusal = 'refuse' in decision ? decision.refuse : checkSubmittedFiles(result, staged);
  if (refusal !== null || 'refuse' in decision) {
    const { code, message, help } = refusal as NonNullable<typeof refusal>;
    const { gate } = result;
    outcome.refused.push({ artifact: artifact.name, gate, code, message: `${gate}: ${message}`, help });
    return;
  }
  const report = reportOf(result, decision.accept);
  await context.believe?.(report, staged);
  outcome.accepted.push({ gate: result.gate, result_sha256: report.resultSha256 });
}

async function stage(
  { path, mediaType, bytes }: EvidenceFile,
  { blobs }: EffectContext,
): Promise<StagedFile> {
  const { sha256, size } = await blobs.stage([bytes], mediaType);
  return { path, mediaType, sha256, size };
}

/** What the base says of the workflow that ran. A fork's commit is part of the repository's network: it can be read. */
async function trustOf(run: Run, { forge, database }: EffectContext): Promise<Trust> {
  const path = run.path.split('@')[0] ?? run.path;
  const tag = run.headBranch === null ? null : await forge.resolveRef(`tags/${run.headBranch}`);
  const trusted: TrustedRun = {
    headSha: run.headSha,
    isOfTag: tag?.commit === run.headSha && run.event !== 'pull_request',
    workflowRef: `${run.repository}/${path}@${run.headSha}`,
    workflowSha: run.headSha,
  };
  const bytes = await forge.filesAt(run.headSha).read(path);
  return {
    ...(await readTrustContext(trusted, forge, database)),
    hasLocalSteps: bytes === null || hasLocalSteps(new TextDecoder().decode(bytes)),
  };
}

/** What was refused for good is an outcome; what may succeed later is tried again. */
async function refusalOf<Value>(
  work: () => Promise<Value>,
): Promise<Value | { readonly code: string; readonly message: string }> {
  try {
    return await work();
  } catch (error) {
    const isFinal = error instanceof ConductorError && !(error instanceof ProviderError && error.retryable);
    if (!isFinal && !(error instanceof RequestProblem)) throw error;
    return { code: error.code, message: error.message.slice(0, 1_000) };
  }
}
