import type { Decision, PlannedEffect } from '../../flow/effect.ts';
import type { AggregateRef, EffectSettled } from '../../flow/event.ts';
import { effectIdOf } from '../../flow/key.ts';

/** The daily reports of one repository. Plain JSON. */
export interface LedgerState {
  readonly schema_version: 1;
  readonly sha: null;
  /** The last day that was reported, `2026-11-20`; null: none was. */
  readonly reported: string | null;
  /** The issue with the reports; null: there is none yet, or it is gone. */
  readonly issue: number | null;
  /** An issue is being opened. */
  readonly opening: boolean;
  /** Days that wait for the issue, oldest first. */
  readonly waiting: readonly DayText[];
  readonly counters: Readonly<Record<string, number>>;
}

interface DayText {
  readonly date: string;
  readonly text: string;
}

export type LedgerEvent = {
  /** A day of the repository's zone is over. */
  readonly type: 'day.ended';
  readonly date: string;
  /** The report; null: nothing happened. */
  readonly text: string | null;
  /** The report in a line. */
  readonly line: string;
  readonly toIssue: boolean;
  readonly targets: readonly { readonly kind: 'webhook' | 'slack'; readonly name: string }[];
};

const unreported: LedgerState = {
  schema_version: 1,
  sha: null,
  reported: null,
  issue: null,
  opening: false,
  waiting: [],
  counters: {},
};
const issueTitle = 'Previews: daily report';
/** Days that wait for an issue that cannot be opened. */
const mostWaiting = 14;

export function ledgerRef(repository: string): AggregateRef {
  return { kind: 'ledger', repository, key: 'previews' };
}

/** Tells of each day once, in an issue that is opened with the first one. Pure and total. */
export function decideLedger(
  known: LedgerState | null,
  event: LedgerEvent | EffectSettled,
): Decision<LedgerState> {
  const state = known ?? unreported;
  return event.type === 'day.ended' ? onDayEnded(state, event) : onSettled(state, event);
}

function onDayEnded(state: LedgerState, event: LedgerEvent): Decision<LedgerState> {
  const { date, text, line, toIssue, targets } = event;
  if (state.reported !== null && date <= state.reported) return { state, effects: [], audit: [] };
  const reported = { ...state, reported: date };
  if (text === null) return { state: reported, effects: [], audit: [] };
  const calls = targets.map(
    (target, n): PlannedEffect => ({
      id: `notify/${date}/${n}`,
      effect: { kind: 'notify', target, event: 'previews', text: target.kind === 'slack' ? line : text },
    }),
  );
  const told = toIssue
    ? tell({ ...reported, waiting: [...state.waiting, { date, text }].slice(-mostWaiting) })
    : { state: reported, effects: [] };
  return {
    state: told.state,
    effects: [...calls, ...told.effects],
    audit: [
      {
        action: 'previews.reported',
        actor: 'release-conductor',
        reason: line,
        reasonCode: null,
        data: { date },
      },
    ],
  };
}

/** Writes what waits into the issue, or opens one first. */
function tell(state: LedgerState): Omit<Decision<LedgerState>, 'audit'> {
  const { issue, waiting, opening } = state;
  if (issue !== null) {
    const comments = waiting.map(
      ({ date, text }): PlannedEffect => ({
        id: `day/${date}`,
        effect: { kind: 'postComment', issue, body: text },
      }),
    );
    return { state: { ...state, waiting: [] }, effects: comments };
  }
  if (opening || waiting.length === 0) return { state, effects: [] };
  const n = (state.counters.issue ?? 0) + 1;
  const effect = {
    kind: 'openIssue',
    title: issueTitle,
    labels: ['release-conductor'],
    body: 'What the previews of this repository cost, which were refused, and what is left over: a comment for each day on which there was something to tell. `previews.daily_report` of the config decides about it.',
  } as const;
  return {
    state: { ...state, opening: true, counters: { ...state.counters, issue: n } },
    effects: [{ id: `issue/${n}`, effect }],
  };
}

function onSettled(state: LedgerState, { key, outcome }: EffectSettled): Decision<LedgerState> {
  const [series] = effectIdOf(key).split('/');
  if (series === 'issue') {
    const opened = { ...state, opening: false };
    // What cannot be opened now is tried again with the next day.
    if (!outcome.ok) return { state: opened, effects: [], audit: [] };
    return { ...tell({ ...opened, issue: Number(outcome.value.number) }), audit: [] };
  }
  // An issue that takes no comment any more is replaced by another one, with the next day.
  const isGone = series === 'day' && !outcome.ok;
  return { state: isGone ? { ...state, issue: null } : state, effects: [], audit: [] };
}
