import { releaseNotes, versionOf } from '../comms/release-notes.ts';
import type { GateReport, ReleasePlanFacts } from '../flow/event.ts';
import { globMatcher } from '../gate/glob.ts';
import { codeSpan, inlineText } from '../gate/markdown.ts';
import { announce, tellBrokenTemplate } from './announce.ts';
import type { ReleaseDraft } from './draft.ts';
import { wayOf } from './neighbours.ts';
import { onGateReported } from './on-gate.ts';
import { startStageWhenGatesPass } from './on-preflight.ts';
import { renderStatus } from './render-status.ts';
import { supersedeWhenConfigured } from './supersede.ts';

/** How often a queued release asks whether the way is free, ms. */
const queueInterval = 15_000;
/** Time after which a plan that was overtaken is read again, ms. */
const rereadAfter = 5_000;

export function onPlanLoaded(
  draft: ReleaseDraft,
  facts: ReleasePlanFacts,
  reports: readonly GateReport[],
): void {
  if (draft.state.phase !== 'planning') return;
  if (!globMatcher([facts.config.tags])(draft.state.tag)) {
    draft.move('ignored', `the tag does not match ${codeSpan(facts.config.tags)}`);
    draft.note('release.ignored', 'conductor', `the tag does not match ${facts.config.tags}`);
    return;
  }
  if (facts.commit !== draft.state.sha) {
    onPlanRejected(draft, [`the tag names commit ${facts.commit}, but ${draft.state.sha} was pushed`]);
    return;
  }
  draft.set({ plan: facts, way: wayOf(facts) });
  if (isInQueue(draft)) {
    queue(draft);
    return;
  }
  if (draft.isOvertaken(facts)) {
    requestPlan(draft, draft.now + rereadAfter);
    return;
  }
  begin(draft, facts);
  for (const report of reports) onGateReported(draft, report);
}

export function onPlanRejected(draft: ReleaseDraft, problems: readonly string[]): void {
  if (draft.state.phase !== 'planning') return;
  draft.set({ problems });
  draft.move('rejected', 'rejected: no valid plan');
  draft.note('release.rejected', 'conductor', problems.join('; ').slice(0, 1_000), 'PLAN_REJECTED');
  openTrackingIssue(draft);
}

/** The way is taken, or another release of the queue is to take it first. */
function isInQueue(draft: ReleaseDraft): boolean {
  return draft.activeRelease !== null || draft.aheadInQueue !== null;
}

/** One release of a way at a time goes to production; the others wait, the lowest version first. */
function queue(draft: ReleaseDraft): void {
  openTrackingIssue(draft);
  const ahead = draft.activeRelease ?? draft.aheadInQueue ?? '';
  draft.move('queued', `queued behind ${codeSpan(ahead)}`);
  draft.note('release.queued', 'conductor', `release ${ahead} goes first`, 'QUEUED');
  waitForTurn(draft);
}

/** The previous version may have changed while this release waited, so its plan is loaded anew. */
export function onQueueTimer(draft: ReleaseDraft): void {
  if (draft.state.phase !== 'queued') return;
  if (isInQueue(draft)) {
    waitForTurn(draft);
    return;
  }
  draft.move('planning', 'the way is free');
  draft.note('release.dequeued', 'conductor', 'the way is free, the plan is loaded anew');
  requestPlan(draft);
}

function requestPlan(draft: ReleaseDraft, at?: number): void {
  const { tag, sha } = draft.state;
  draft.emit(`plan/${draft.next('plan')}`, { kind: 'loadPlan', tag, sha }, at);
}

function waitForTurn(draft: ReleaseDraft): void {
  if (draft.activeRelease !== null) supersedeWhenConfigured(draft, draft.activeRelease);
  draft.timer(`queue/${draft.next('queue')}`, draft.now + queueInterval);
}

function begin(draft: ReleaseDraft, facts: ReleasePlanFacts): void {
  const { previous } = facts;
  draft.set({ occupies: true });
  const way = previous === null ? 'no earlier version' : `from ${codeSpan(previous.tag)}`;
  draft.move('gating', `plan loaded: ${facts.changes.length} changes, ${way}`);
  draft.note(
    'release.planned',
    'conductor',
    `plan loaded, previous version ${previous?.tag ?? 'none'}`,
    null,
    {
      config_sha256: facts.configSha256,
      tree: facts.tree,
    },
  );
  draftRelease(draft);
  openTrackingIssue(draft);
  for (const problem of facts.templateProblems ?? []) tellBrokenTemplate(draft, 'at load', problem);
  announce(draft, 'release-start', 'start');
  judgeTag(draft);
  startStageWhenGatesPass(draft);
}

/** A version that says less than its changes do stops nothing; whoever reads the issue is told before anything is deployed. */
function judgeTag(draft: ReleaseDraft): void {
  const problem = versionOf(draft.state)?.problem ?? null;
  if (problem === null) return;
  draft.note('release.version_doubted', 'conductor', problem.message, problem.code);
  draft.comment('version', `⚠️ \`${problem.code}\`: ${inlineText(problem.message)}.`);
}

/** The release stays a draft until its evidence is attached: published releases may be immutable. */
export function draftRelease(draft: ReleaseDraft): void {
  const { tag, sha } = draft.state;
  draft.emit(`draft/${draft.next('draft')}`, {
    kind: 'ensureDraftRelease',
    tag,
    sha,
    title: tag,
    body: releaseNotes(draft.state),
  });
}

export function openTrackingIssue(draft: ReleaseDraft): void {
  if (draft.state.trackingIssue !== null) return;
  if (draft.state.counters.tracking !== undefined) return;
  requestTrackingIssue(draft);
}

export function requestTrackingIssue(draft: ReleaseDraft): void {
  draft.emit(`tracking/${draft.next('tracking')}`, {
    kind: 'openIssue',
    title: `Release ${inlineText(draft.state.tag)}`,
    labels: ['release'],
    body: renderStatus(draft.state, draft.now).body,
    ...(draft.state.lostIssue === undefined ? {} : { insteadOf: draft.state.lostIssue }),
  });
}
