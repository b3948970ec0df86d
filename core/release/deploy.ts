import type { Effect } from '../flow/effect.ts';
import { confirmedOf } from './confirmed.ts';
import type { DeploymentPayload } from './deployment-payload.ts';
import type { ReleaseDraft } from './draft.ts';
import type { Deployment } from './progress.ts';
import { environmentOfStep, stepText, weightOfStep } from './steps.ts';

/** A deployment that has not ended after this is treated as failed, ms. */
export const deploymentTimeout = 900_000;

type Order = Pick<Deployment, 'task' | 'environment' | 'step' | 'weight' | 'version'> & {
  readonly sha: string;
  readonly description: string;
};

/** Asks the repository's pipeline for a deployment. It replaces the one before: only the newest is listened to. */
export function orderDeployment(draft: ReleaseDraft, order: Order): void {
  const { sha, description, ...deployment } = order;
  const n = draft.next('deploy');
  draft.set({ deployment: { ...deployment, n, githubId: null, status: 'requested' }, earlyReports: [] });
  draft.emit(`deploy/${n}`, {
    kind: 'createDeployment',
    sha,
    environment: order.environment,
    task: order.task,
    description,
    payload: {
      schema_version: 1,
      release: draft.state.tag,
      ...serviceOf(draft),
      version: order.version,
      step: order.step,
      weight: order.weight,
      ...leaseOf(draft, order),
    },
    ...workflowOf(draft),
    ...artifactsOf(draft, order),
    ...standingOf(draft, order),
  });
  draft.timer(`deploy/${n}`, draft.now + deploymentTimeout);
}

/** What has to be verified before it is deployed. Going back waits for nothing. */
function artifactsOf(
  draft: ReleaseDraft,
  { task }: Order,
): Pick<Extract<Effect, { kind: 'createDeployment' }>, 'verify'> {
  const { artifacts } = draft.plan().config;
  if (task === 'rollback' || artifacts.length === 0) return {};
  return { verify: { artifacts, releaseId: draft.state.releaseId } };
}

/** A step follows from the one before. Where nobody is there any more, nobody may be taken further. */
function standingOf(
  { state }: ReleaseDraft,
  { task, step }: Order,
): Pick<Extract<Effect, { kind: 'createDeployment' }>, 'standing'> {
  const standing = confirmedOf(state);
  return task === 'rollback' || step < 1 || standing.length === 0 ? {} : { standing };
}

function workflowOf(draft: ReleaseDraft): { readonly workflow?: string } {
  const { deployer } = draft.plan().config;
  return deployer.kind === 'workflow_dispatch' ? { workflow: deployer.workflow } : {};
}

/** The pipeline of a repository with several services has to know which one. */
function serviceOf(draft: ReleaseDraft): Pick<DeploymentPayload, 'service'> {
  const { service } = draft.plan();
  return service === undefined ? {} : { service };
}

/** A dead-man switch for steps where two versions share the traffic and there is a verified one to go back to. */
function leaseOf(draft: ReleaseDraft, { task, step, weight }: Order): Pick<DeploymentPayload, 'lease'> {
  const { trackingIssue: issue } = draft.state;
  const { previous, config } = draft.plan();
  const silence = config.canary.lease;
  const shares = task === 'promote' && step > 0 && weight < 100;
  if (!shares || previous === null || issue === null || silence === 0) return {};
  return { lease: { issue, silence_ms: silence, back_to: { version: previous.tag, sha: previous.commit } } };
}

export function orderStageDeployment(draft: ReleaseDraft): void {
  const { config } = draft.plan();
  const { tag, sha } = draft.state;
  orderDeployment(draft, {
    task: 'promote',
    environment: config.stage_environment,
    step: 0,
    weight: 100,
    version: tag,
    sha,
    description: `${tag} to ${config.stage_environment}`.slice(0, 140),
  });
}

export function orderStep(draft: ReleaseDraft, step: number): void {
  const plan = draft.plan();
  const { tag, sha } = draft.state;
  const weight = weightOfStep(plan, step);
  orderDeployment(draft, {
    task: 'promote',
    environment: environmentOfStep(plan, step),
    step,
    weight,
    version: tag,
    sha,
    description: `${tag} to ${stepText(plan, step)}`.slice(0, 140),
  });
}

/** All traffic of an environment back to the last verified version, never to anything newer. */
export function orderRollback(
  draft: ReleaseDraft,
  previous: { readonly tag: string; readonly commit: string },
  environment: string,
): void {
  orderDeployment(draft, {
    task: 'rollback',
    environment,
    step: Math.max(draft.state.step, draft.state.deployment?.step ?? 0),
    weight: 100,
    version: previous.tag,
    sha: previous.commit,
    description: `back to ${previous.tag}`.slice(0, 140),
  });
}
