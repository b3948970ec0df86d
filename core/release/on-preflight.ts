import { deploymentPlan } from '../comms/deployment-plan.ts';
import { inlineText } from '../gate/markdown.ts';
import { orderStageDeployment } from './deploy.ts';
import type { ReleaseDraft } from './draft.ts';
import { gatesNotPassed } from './gates.ts';
import { type PreflightItem, preflightObstacles } from './preflight.ts';
import type { PreflightFacts } from './preflight-facts.ts';

/** Time after which what kept a release off the stage is read again, ms. */
const pause = 60_000;

/** Once the gates have passed, the world is read; what follows is decided when the answer comes. */
export function startStageWhenGatesPass(draft: ReleaseDraft): void {
  const { state } = draft;
  if (!isReadyForStage(draft) || state.preflightAsked) return;
  const { config, previous } = draft.plan();
  const n = draft.next('preflight');
  draft.set({ preflightAsked: true });
  draft.emit(`preflight/${n}`, {
    kind: 'readPreflight',
    n,
    release: state.tag,
    sha: state.sha,
    way: state.way,
    environment: config.production_environment,
    previous: previous?.commit ?? null,
    qaCheck: config.preflight.qa_check ?? null,
    drills: config.promote_only_if.drills,
    artifacts: config.artifacts,
    releaseId: state.releaseId,
  });
}

/** The answer: the deployment plan with every clause ticked that is met, and the stage when nothing required is open. */
export function onPreflightRead(draft: ReleaseDraft, n: number, facts: PreflightFacts): void {
  if (n !== draft.state.counters.preflight || !draft.state.preflightAsked) return;
  draft.set({ preflight: facts, preflightAsked: false });
  if (!isReadyForStage(draft)) return;
  const open = preflightObstacles(draft.state);
  if (open.length > 0) {
    wait(draft, open);
    return;
  }
  draft.note('release.preflight', 'conductor', 'what is verified before a deployment is met');
  draft.comment('deployment-plan', deploymentPlan(draft.state));
  draft.move('staging', 'gates passed for this commit, pre-deployment checks met', 'PASS');
  orderStageDeployment(draft);
}

/** It could not be read at all: that is not met either. */
export function onPreflightFailed(draft: ReleaseDraft, n: number, message: string): void {
  if (n !== draft.state.counters.preflight || !draft.state.preflightAsked) return;
  draft.set({ preflightAsked: false });
  draft.note('preflight.failed', 'conductor', message.slice(0, 500), 'PREFLIGHT_UNREADABLE');
  draft.timer(`preflight/${n}`, draft.now + pause);
}

export function onPreflightTimer(draft: ReleaseDraft, n: number): void {
  if (n === draft.state.counters.preflight) startStageWhenGatesPass(draft);
}

function isReadyForStage(draft: ReleaseDraft): boolean {
  const { phase, hold } = draft.state;
  return phase === 'gating' && hold === null && gatesNotPassed(draft.state, draft.now).length === 0;
}

/** Says once which clauses are open, and again when they are others. */
function wait(draft: ReleaseDraft, open: readonly PreflightItem[]): void {
  const n = draft.state.counters.preflight ?? 0;
  draft.timer(`preflight/${n}`, draft.now + pause);
  const told = open.map(({ clause, detail }) => `${clause}: ${detail}`).join('; ');
  if (told === draft.state.preflightTold) return;
  draft.set({ preflightTold: told });
  draft.tell('pre-deployment checks are open', 'FAIL');
  draft.note('release.preflight', 'conductor', told.slice(0, 1_000), 'PREFLIGHT_OPEN');
  const lines = open.map(({ name, detail, state }) => `- **${name}** (${state}): ${inlineText(detail)}`);
  draft.comment(
    `preflight-open/${n}`,
    `⏸️ Nothing is deployed yet. Open before the deployment:\n\n${lines.join('\n')}\n\nIt is read again every minute; \`release.preflight.require\` says what is asked.`,
  );
}
