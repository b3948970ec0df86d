import { deploymentReport } from '../comms/deployment-report.ts';
import { productionEnvironments } from '../config/waves.ts';
import type { EffectSettled } from '../flow/event.ts';
import { codeSpan, inlineText } from '../gate/markdown.ts';
import { confirm } from './confirmed.ts';
import type { ReleaseDraft } from './draft.ts';
import { escalate } from './escalate.ts';
import { startEvidence } from './finishing.ts';
import { rampFlags } from './flags.ts';
import { startMeasuring } from './measure.ts';
import { notify } from './notify.ts';
import { type Deployment, type EarlyReport, isOver } from './progress.ts';
import { restoreNext, startRollback } from './rollback.ts';
import { environmentOfStep, shareOfStep } from './steps.ts';
import { watchSlo } from './watch-slo.ts';

const earlyReportLimit = 20;

/** Reports may arrive before we are told the deployment's number, late, twice, or for one that was replaced. */
export function onDeploymentReported(draft: ReleaseDraft, report: EarlyReport): void {
  const { deployment, earlyReports } = draft.state;
  if (deployment === null || isOver(deployment)) return;
  if (deployment.githubId === report.deploymentId) {
    apply(draft, deployment, report.state, report.description);
  } else if (deployment.githubId === null && deployment.environment === report.environment) {
    draft.set({ earlyReports: [...earlyReports, report].slice(-earlyReportLimit) });
  }
}

/** GitHub has told us the deployment's number, or refused it. */
export function onDeploymentSettled(draft: ReleaseDraft, n: number, outcome: EffectSettled['outcome']): void {
  const { deployment, earlyReports } = draft.state;
  if (deployment === null || deployment.n !== n || deployment.githubId !== null || isOver(deployment)) return;
  if (!outcome.ok) {
    const code = outcome.code === 'TRAFFIC_DIFFERS' ? outcome.code : 'DEPLOYMENT_FAILED';
    fail(draft, deployment, `${outcome.code}: ${outcome.message}`, code);
    return;
  }
  const githubId = Number(outcome.value.deploymentId);
  draft.set({ deployment: { ...deployment, githubId }, earlyReports: [] });
  for (const report of earlyReports) {
    if (report.deploymentId === githubId) onDeploymentReported(draft, report);
  }
}

export function onDeploymentTimer(draft: ReleaseDraft, n: number): void {
  const { deployment } = draft.state;
  if (deployment === null || deployment.n !== n || isOver(deployment)) return;
  fail(draft, deployment, 'the deployment did not report an end in time');
}

function apply(draft: ReleaseDraft, deployment: Deployment, state: string, description: string): void {
  switch (state) {
    case 'success':
      draft.set({ deployment: { ...deployment, status: 'success' } });
      succeed(draft, deployment);
      break;
    case 'failure':
    case 'error':
      fail(draft, deployment, description === '' ? `the pipeline reported ${state}` : description);
      break;
    case 'in_progress':
      draft.set({ deployment: { ...deployment, status: 'running' } });
      break;
    default:
      break;
  }
}

function succeed(draft: ReleaseDraft, deployment: Deployment): void {
  const { phase } = draft.state;
  const { step, weight } = deployment;
  draft.note('deployment.success', 'pipeline', `${deployment.task} to ${deployment.environment}`, null, {
    step,
    weight,
    version: deployment.version,
  });
  if (deployment.task === 'rollback') {
    confirm(draft, deployment);
    if (phase !== 'rolling_back' || restoreNext(draft, deployment.environment, true)) return;
    if (draft.state.restoring?.failed.length === 0) rolledBack(draft, deployment);
    else rollbackFailed(draft, 'an environment could not be given back');
  } else if (phase === 'staging') {
    draft.set({ step, stepSince: draft.now });
    draft.move('verifying', 'stage deployed', 'SUCCESS');
    startMeasuring(draft);
  } else if (phase === 'shifting') {
    confirm(draft, deployment);
    draft.set({ step, weight, stepSince: draft.now });
    draft.move('soaking', `**${weight} %** of ${placeText(draft)} traffic`, 'SUCCESS');
    rampFlags(draft, Math.max(1, Math.floor(shareOfStep(draft.plan(), step))));
    startMeasuring(draft);
    watchSlo(draft);
  }
}

/** `production`, or the environment where there are several. */
function placeText(draft: ReleaseDraft): string {
  const plan = draft.plan();
  const isOnly = productionEnvironments(plan.config).length === 1;
  return isOnly ? 'production' : codeSpan(environmentOfStep(plan, draft.state.step));
}

function rolledBack(draft: ReleaseDraft, deployment: Deployment): void {
  draft.set({ weight: 0, measuring: null });
  draft.move('rolled_back', `rolled back to \`${inlineText(deployment.version)}\``, 'SUCCESS');
  draft.note('release.rolled_back', 'conductor', `all traffic is back on ${deployment.version}`);
  draft.comment(
    'rolled-back',
    `↩️ All production traffic is back on \`${inlineText(deployment.version)}\`. The release stays held; fix the cause and tag a new version.`,
  );
  draft.comment('deployment-report/rolled-back', deploymentReport(draft.state, 'rolled_back', draft.now));
  notify(draft, 'rolled-back', `all traffic is back on ${deployment.version}`);
  // What was published, or may be by now, is never replaced.
  if (draft.state.counters.publish === undefined) startEvidence(draft, 'rolled-back');
}

function fail(
  draft: ReleaseDraft,
  deployment: Deployment,
  cause: string,
  code: 'DEPLOYMENT_FAILED' | 'TRAFFIC_DIFFERS' = 'DEPLOYMENT_FAILED',
): void {
  draft.set({ deployment: { ...deployment, status: 'failure' } });
  const reason = `deployment of ${deployment.version} to ${deployment.environment} failed: ${cause}`.slice(
    0,
    500,
  );
  draft.tell(`deployment ${deployment.n} failed`, 'FAILED');
  draft.note('deployment.failure', 'pipeline', reason, code, {
    step: deployment.step,
    weight: deployment.weight,
  });
  const { phase } = draft.state;
  if (deployment.task === 'rollback') {
    if (phase !== 'rolling_back' || restoreNext(draft, deployment.environment, false)) return;
    rollbackFailed(draft, reason);
  } else if (phase === 'staging') {
    draft.hold('STAGE_DEPLOYMENT_FAILED', reason, 'conductor');
    draft.comment(
      `stage-failed/${deployment.n}`,
      `❌ ${inlineText(reason)}. Nothing reached production. After the fix write \`/resume\` to try the stage again.`,
    );
  } else if (phase === 'shifting') {
    startRollback(draft, { code, cause: reason, trigger: 'auto', by: 'conductor' });
  }
}

/** Where traffic could not be given back stands in `restoring`; another `/rollback` tries there. */
function rollbackFailed(draft: ReleaseDraft, reason: string): void {
  const { failed = [] } = draft.state.restoring ?? {};
  const where = failed.length === 0 ? '' : ` in ${failed.map(codeSpan).join(', ')}`;
  draft.move('rollback_failed', `rollback failed${where}: ${inlineText(reason)}`, 'FAILED');
  draft.hold('ROLLBACK_FAILED', reason, 'conductor');
  escalate(draft, 'Rollback failed', reason, {
    severity: 'CRITICAL',
    helpNeeded: 'move the traffic back by hand, then write `/rollback` so that it is confirmed',
  });
}
