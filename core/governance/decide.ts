import type { Decision } from '../flow/effect.ts';
import type { EffectSettled } from '../flow/event.ts';
import { effectIdOf } from '../flow/key.ts';
import { type GovernanceContext, GovernanceDraft } from './draft.ts';
import { driftText, endDrift, issueKnown, problemText, stoppedText, tellDrift } from './drift.ts';
import { lookAtEntry, onEntryJudged, onEntryRequested, onEntryUnread } from './entries.ts';
import type { GovernanceEvent, Observation, Touched } from './event.ts';
import { configPushed, configSeen } from './known-config.ts';
import { forget, onPlanned, plan, planAnew } from './shown-plans.ts';
import { type FoundSettings, type GovernanceState, unknownGovernance } from './state.ts';
import { recentRepairs, type Verdict, verdictOn } from './verdict.ts';

type Read = Extract<Observation, { kind: 'read' }>;

/** A look or a write whose outcome never came is given up after this, ms: performers retry for less. */
const patience = 900_000;
/** What happens to the governance of a repository. Pure and total. */
export function decideGovernance(
  state: GovernanceState | null,
  event: GovernanceEvent | EffectSettled,
  context: GovernanceContext,
): Decision<GovernanceState> {
  const draft = new GovernanceDraft(state ?? unknownGovernance, context);
  switch (event.type) {
    case 'settings.touched':
      if (event.what !== null) noteTouched(draft, event.what);
      look(draft);
      break;
    case 'settings.observed':
      if (event.config !== undefined) configSeen(draft, event.config);
      onObserved(draft, event.observation);
      break;
    case 'config.proposed':
      plan(draft, event.pullRequest, event.headSha);
      break;
    case 'governance.planned':
      onPlanned(draft, event);
      break;
    case 'governance.applied':
      onApplied(draft, event);
      break;
    case 'entry.requested':
      onEntryRequested(draft, event);
      break;
    case 'entry.judged':
      onEntryJudged(draft, event);
      break;
    case 'timer.fired':
      if (event.timer.startsWith('entry/')) lookAtEntry(draft, event.timer.slice('entry/'.length));
      break;
    case 'effect.settled':
      onSettled(draft, event);
      break;
    default:
      return unreachable(event);
  }
  return draft.decision();
}

function noteTouched(draft: GovernanceDraft, touched: Touched): void {
  const { text, actor, config } = touched;
  if (config === undefined) draft.note('governance.touched', actor, text, {});
  else configPushed(draft, touched, config);
}

/** One look at a time; what happens meanwhile leads to one more. */
function look(draft: GovernanceDraft): void {
  const { lookingSince, applying } = draft.state;
  if (applying !== null || (lookingSince !== null && draft.now - lookingSince < patience)) {
    draft.set({ lookAgain: true });
    return;
  }
  draft.set({ lookingSince: draft.now, lookAgain: false });
  draft.emit(`look/${draft.next('look')}`, {
    kind: 'observeSettings',
    since: draft.state.goodAt,
    governed: draft.state.accepted !== null,
  });
}

function onObserved(draft: GovernanceDraft, observation: Observation): void {
  draft.set({ lookingSince: null });
  switch (observation.kind) {
    case 'undeclared':
      draft.set({ accepted: null, goodAt: null });
      endDrift(draft);
      break;
    case 'unreadable':
      draft.note(
        'governance.unreadable',
        'release-conductor',
        observation.problems.join('; '),
        {},
        'UNREADABLE',
      );
      tellDrift(draft, problemText(observation.problems));
      break;
    case 'read':
      draft.set({ found: foundIn(observation, draft.now) });
      onRead(draft, observation);
  }
  if (draft.state.lookAgain) look(draft);
}

function foundIn({ configSha256, settings, above, plan, merged }: Read, at: number): FoundSettings {
  return { at, configSha256, settings, above, plan, merged };
}

function onRead(draft: GovernanceDraft, observed: Read): void {
  const { plan, configSha256, merged } = observed;
  const verdict = verdictOn(draft.state, observed, draft.now);
  const say = (why: string, code: string): void => {
    const data = { plan: plan.hash, changes: plan.changes.length };
    draft.note('governance.reported', 'release-conductor', why, data, code);
    tellDrift(draft, driftText(why, plan, merged));
  };
  switch (verdict.kind) {
    case 'in-order':
      draft.set({ accepted: configSha256, goodAt: draft.now });
      forget(draft, configSha256);
      endDrift(draft);
      break;
    case 'people':
      draft.set({ accepted: configSha256, goodAt: draft.now });
      forget(draft, configSha256);
      say(verdict.why, verdict.code);
      break;
    case 'tell':
      say(verdict.why, verdict.code);
      break;
    case 'apply':
      draft.set({ accepted: configSha256 });
      if (verdict.why === 'repair') {
        draft.set({ repairs: [...recentRepairs(draft.state, draft.now), draft.now] });
        // What was merged under the wrong rules is told also where they are put right at once.
        if (merged.length > 0) say('Somebody changed the rules; they are being put right.', 'DRIFT');
      }
      apply(draft, verdict);
  }
}

function apply(draft: GovernanceDraft, { why, hash, changes }: Extract<Verdict, { kind: 'apply' }>): void {
  draft.set({ applying: { hash, why, changes } });
  draft.emit(`apply/${draft.next('apply')}`, { kind: 'applyGovernance', hash, changes });
}

/** Every write is in the audit log; then the repository is read again, whatever the outcome. */
function onApplied(
  draft: GovernanceDraft,
  event: Extract<GovernanceEvent, { type: 'governance.applied' }>,
): void {
  const { applying } = draft.state;
  if (applying === null || applying.hash !== event.hash) return;
  const action = applying.why === 'merge' ? 'governance.applied' : 'governance.repaired';
  draft.note(
    action,
    'release-conductor',
    event.problem ?? `${event.done.length} changes of plan ${event.hash.slice(0, 12)}`,
    { plan: event.hash, done: event.done },
    event.problem === null ? null : 'APPLY_FAILED',
  );
  draft.set({ applying: null });
  if (event.problem !== null) {
    tellDrift(draft, stoppedText(event.done, event.problem));
    return;
  }
  // From here on whatever differs is drift, and no longer what is left of the plan.
  if (draft.state.accepted !== null) forget(draft, draft.state.accepted);
  planAnew(draft);
  look(draft);
}

function onSettled(draft: GovernanceDraft, { key, outcome }: EffectSettled): void {
  const [series, n, what = '', headSha = ''] = effectIdOf(key).split('/');
  if (series === 'drift' && what === 'issue' && outcome.ok)
    issueKnown(draft, Number(n), Number(outcome.value.number));
  if (outcome.ok) return;
  if (series === 'look') onObserved(draft, { kind: 'unreadable', problems: [outcome.message] });
  if (series === 'entry')
    onEntryUnread(draft, effectIdOf(key).split('/').slice(2).join('/'), outcome.message);
  if (series === 'plan') {
    const proposal = { kind: 'wrong', problems: [outcome.message] } as const;
    onPlanned(draft, { type: 'governance.planned', pullRequest: Number(what), headSha, proposal });
  }
  if (series === 'apply' && draft.state.applying !== null) {
    onApplied(draft, {
      type: 'governance.applied',
      hash: draft.state.applying.hash,
      done: [],
      problem: outcome.message,
    });
  }
}

function unreachable(event: never): never {
  throw new TypeError(`unknown event ${JSON.stringify(event)}`);
}
