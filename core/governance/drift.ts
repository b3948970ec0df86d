import { createHash } from 'node:crypto';
import { postable } from '../comms/safe-text.ts';
import { cellText } from '../gate/markdown.ts';
import type { GovernanceDraft } from './draft.ts';
import type { MergedMeanwhile } from './event.ts';
import type { GovernancePlan } from './plan.ts';
import { renderPlan } from './render.ts';

const title = 'The rules of this repository are not as its config says';
const labels: readonly string[] = ['release-conductor'];

/** Tells people once, and again when the text is another. */
export function tellDrift(draft: GovernanceDraft, body: string): void {
  const text = postable(body);
  const told = createHash('sha256').update(text).digest('hex');
  const { drift } = draft.state;
  if (drift === null || drift.over) {
    const n = draft.next('drift');
    draft.set({ drift: { n, since: draft.now, issue: null, told, over: false } });
    draft.emit(`drift/${n}/issue`, { kind: 'openIssue', title, labels, body: text });
    return;
  }
  if (drift.told === told) return;
  draft.set({ drift: { ...drift, told } });
  if (drift.issue !== null) updateIssue(draft, drift.issue, { body: text });
}

/** The repository is as wanted again. */
export function endDrift(draft: GovernanceDraft): void {
  const { drift } = draft.state;
  if (drift === null) return;
  if (drift.issue === null) {
    draft.set({ drift: { ...drift, over: true } });
    return;
  }
  draft.set({ drift: null });
  updateIssue(draft, drift.issue, { state: 'closed' });
  draft.note('governance.in-order', 'release-conductor', 'the repository is as its config says', {
    issue: drift.issue,
  });
}

/** The number of the issue has come, perhaps after the drift was over. */
export function issueKnown(draft: GovernanceDraft, n: number, issue: number): void {
  const { drift } = draft.state;
  if (drift === null || drift.n !== n) return;
  draft.set({ drift: { ...drift, issue } });
  if (drift.over) endDrift(draft);
}

function updateIssue(
  draft: GovernanceDraft,
  issue: number,
  change: { body?: string; state?: 'closed' },
): void {
  draft.emit(`issue/${draft.next('issue')}`, { kind: 'updateIssue', issue, ...change });
}

/** What the issue says of a plan that is not carried out, and of what was merged meanwhile. */
export function driftText(why: string, plan: GovernancePlan, merged: readonly MergedMeanwhile[]): string {
  // Merged in the gap: there is one only while something that can be written differs.
  const gap = plan.changes.length === 0 ? [] : ['', mergedText(merged)];
  return [why, '', renderPlan(plan), ...gap].join('\n');
}

export function problemText(problems: readonly string[]): string {
  return [
    'What the config says cannot be made so. **Nothing was written.**',
    '',
    ...problems.map((problem) => `- ${cellText(problem)}`),
  ].join('\n');
}

/** What the issue says of a plan that stopped before its end. */
export function stoppedText(done: readonly string[], problem: string): string {
  if (done.length === 0) return problemText([problem]);
  return [
    `The plan was carried out **in part** and stopped: ${cellText(problem)}.`,
    '',
    'What was written, and is as wanted:',
    '',
    ...done.map((name) => `- ${cellText(name)}`),
  ].join('\n');
}

function mergedText(merged: readonly MergedMeanwhile[]): string {
  if (merged.length === 0) return 'Nothing was merged since the rules were last as wanted.';
  return [
    'Merged since the rules were last as wanted; look at each:',
    '',
    ...merged.map(
      ({ number, title: subject, by, at }) =>
        `- #${number} ${cellText(subject)}, by ${cellText(by)}, ${new Date(at).toISOString()}`,
    ),
  ].join('\n');
}
