import { clip } from '../gate/report.ts';
import type { GovernanceDraft } from './draft.ts';
import type { GovernanceEvent } from './event.ts';
import type { WaitingEntry } from './state.ts';

type Requested = Extract<GovernanceEvent, { type: 'entry.requested' }>;
type Judged = Extract<GovernanceEvent, { type: 'entry.judged' }>;

/** How often a job that waits for a gate is looked at again, ms. */
const lookEvery = 15_000;
/** A job whose gates do not report is refused after this, ms. */
const patience = 6 * 3_600_000;
/** The last two of GitHub's ten reports are kept for the answer. */
const mostComments = 8;
/** GitHub takes 1,024 characters of a report: room is kept for the code before the reasons and the count after them. */
const mostText = 900;
const longestReason = 300;

export function onEntryRequested(draft: GovernanceDraft, { runId, environment, sha }: Requested): void {
  const key = keyOf(runId, environment);
  if (draft.state.entries[key] !== undefined) return;
  const entry = { runId, environment, sha, since: draft.now, told: '', reports: 0 };
  draft.set({ entries: { ...draft.state.entries, [key]: entry } });
  judge(draft, key);
}

/** An answer ends the wait; until then the job is told once what it waits for. */
export function onEntryJudged(draft: GovernanceDraft, { runId, environment, answer }: Judged): void {
  const key = keyOf(runId, environment);
  const entry = draft.state.entries[key];
  if (entry === undefined) return;
  const text = reasonsText(answer.reasons);
  if (answer.kind === 'wait' && draft.now - entry.since < patience) {
    if (text !== entry.told && entry.reports < mostComments) {
      tell(draft, entry, null, `Waiting: ${text}`);
      const told = { ...entry, told: text, reports: entry.reports + 1 };
      draft.set({ entries: { ...draft.state.entries, [key]: told } });
    }
    draft.emit(
      `timer/${draft.next('timer')}`,
      { kind: 'startTimer', timer: `entry/${key}` },
      draft.now + lookEvery,
    );
    return;
  }
  const { [key]: _, ...others } = draft.state.entries;
  draft.set({ entries: others });
  const [state, code] =
    answer.kind === 'wait' ? ['rejected' as const, 'GATES_SILENT'] : [answer.kind, answer.code];
  tell(draft, entry, state, `${code}: ${text}`);
  draft.note(
    `environment.${state}`,
    'release-conductor',
    `${environment}: ${text}`,
    { run_id: runId, sha: entry.sha },
    code,
  );
}

/** The facts could not be read: nobody enters, and the job is looked at again until its patience ends. */
export function onEntryUnread(draft: GovernanceDraft, key: string, why: string): void {
  const entry = draft.state.entries[key];
  if (entry === undefined) return;
  const { runId, environment } = entry;
  const reasons = [`what it must fulfil cannot be read: ${why}`];
  onEntryJudged(draft, { type: 'entry.judged', runId, environment, answer: { kind: 'wait', reasons } });
}

/** Looks at a job again that waits for its gates. */
export function lookAtEntry(draft: GovernanceDraft, key: string): void {
  if (draft.state.entries[key] !== undefined) judge(draft, key);
}

function judge(draft: GovernanceDraft, key: string): void {
  const entry = draft.state.entries[key];
  if (entry === undefined) return;
  const { runId, environment, sha } = entry;
  draft.emit(`entry/${draft.next('entry')}/${key}`, { kind: 'judgeEntry', runId, environment, sha });
}

function tell(
  draft: GovernanceDraft,
  { runId, environment }: WaitingEntry,
  state: 'approved' | 'rejected' | null,
  comment: string,
): void {
  draft.emit(`answer/${draft.next('answer')}`, { kind: 'answerEntry', runId, environment, state, comment });
}

/** Whole reasons, as many as GitHub shows, and how many are left out. */
function reasonsText(reasons: readonly string[]): string {
  const shown: string[] = [];
  for (const reason of reasons.map((one) => clip(one, longestReason))) {
    if ([...shown, reason].join('; ').length > mostText) break;
    shown.push(reason);
  }
  const hidden = reasons.length - shown.length;
  return [...shown, ...(hidden === 0 ? [] : [`and ${hidden} more`])].join('; ');
}

function keyOf(runId: number, environment: string): string {
  return `${runId}/${environment}`;
}
