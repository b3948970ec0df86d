import { releaseNotes } from '../comms/release-notes.ts';
import type { GateReport, ReleasePlanFacts } from '../flow/event.ts';
import { globMatcher } from '../gate/glob.ts';
import { codeSpan, inlineText } from '../gate/markdown.ts';
import { announce, tellBrokenTemplate } from './announce.ts';
import type { ReleaseDraft } from './draft.ts';
import { onGateReported, startStageWhenGatesPass } from './on-gate.ts';
import { renderStatus } from './render-status.ts';
import { supersedeWhenConfigured } from './supersede.ts';

/** How often a queued release asks whether the way is free, ms. */
const queueInterval = 15_000;

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
  draft.set({ plan: facts });
  if (draft.activeRelease !== null && draft.activeRelease !== draft.state.tag) {
    queue(draft, draft.activeRelease);
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

/** One release at a time goes to production; the others wait in the order of their turn (documented in the README). */
function queue(draft: ReleaseDraft, active: string): void {
  openTrackingIssue(draft);
  draft.move('queued', `queued behind ${codeSpan(active)}`);
  draft.note('release.queued', 'conductor', `release ${active} is under way`, 'QUEUED');
  supersedeWhenConfigured(draft, active);
  askAgain(draft);
}

/** The previous version may have changed while this release waited, so its plan is loaded anew. */
export function onQueueTimer(draft: ReleaseDraft): void {
  if (draft.state.phase !== 'queued') return;
  if (draft.activeRelease !== null && draft.activeRelease !== draft.state.tag) {
    supersedeWhenConfigured(draft, draft.activeRelease);
    askAgain(draft);
    return;
  }
  draft.move('planning', 'the way is free');
  draft.note('release.dequeued', 'conductor', 'the way is free, the plan is loaded anew');
  const { tag, sha } = draft.state;
  draft.emit(`plan/${draft.next('plan')}`, { kind: 'loadPlan', tag, sha });
}

function askAgain(draft: ReleaseDraft): void {
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
  startStageWhenGatesPass(draft);
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
  });
}
