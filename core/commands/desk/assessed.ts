import { acceptedReply, refusedReply, rehearsedReply } from '../../comms/replies.ts';
import type { PromotionAssessment } from '../../ports/policy-engine.ts';
import type { Obstacle } from '../obstacle.ts';
import { changesAnything } from '../registry.ts';
import { demandOf, dropDemand, keepWaiting } from './demand.ts';
import { type Decided, type Desk, ownKey } from './desk.ts';
import { demandKey, optionsOf } from './issued.ts';
import { outdated } from './outdated.ts';
import { answerFreely, keyOf, react, reply } from './reply.ts';
import type { Approval, Demand, PendingCommand } from './state.ts';

/** The answer has come back: the policy's reasons and the aggregate's own ones decide together. */
export function onAssessed(
  desk: Desk,
  pending: PendingCommand,
  assessment: PromotionAssessment,
  round = 0,
): void {
  const key = pending.actor.type === 'App' ? ownKey : keyOf(pending.command, pending.source);
  const waiting = demandOf(desk, key);
  // What was found before the last approval came is out of date; the newer look is under way.
  if (round !== (waiting?.round ?? 0)) return;
  if (!take(desk, waiting === null ? key : demandKey(waiting.n))) return;
  const demand = waiting && withoutVoid(desk, waiting, assessment);
  const { obligations } = assessment.decision;
  const reasons = distinct([
    ...(waiting === null ? outdated(pending, desk.now) : []),
    ...desk.obstacles(pending, assessment),
    ...(assessment.decision.allow ? [] : denials(assessment.decision.reasons)),
    ...obligations.filter(({ code }) => code === 'REASON').map(reasonMissing),
  ]);
  const open = obligations.filter(({ code }) => code !== 'REASON');
  if (optionsOf(pending).dryRun || !changesAnything(pending.command)) {
    tellOnly(desk, key, pending, assessment, reasons, open);
    return;
  }
  const decided = { pending, assessment, reasons, demand };
  if (reasons.length === 0 && open.length > 0) {
    if (demand === null) desk.record({ ...decided, decision: 'waiting' });
    keepWaiting(desk, { key, pending, open, demand, assessment });
    return;
  }
  desk.record({ ...decided, decision: reasons.length === 0 ? 'allowed' : 'denied' });
  if (demand !== null) dropDemand(desk, demand);
  if (reasons.length > 0) refuse(desk, key, pending, reasons, assessment);
  else accept(desk, key, decided);
}

/** Approvals that the assessor no longer found as they were given are void. */
function withoutVoid(desk: Desk, demand: Demand, { input }: PromotionAssessment): Demand {
  const intact = (approval: Approval): boolean =>
    input.access.approvals.some(({ login }) => login === approval.login);
  for (const { login } of demand.approvals.filter((approval) => !intact(approval))) {
    desk.note(
      'approval.void',
      login,
      'the approving comment is not as it was written, or its author may not approve any more',
      'APPROVAL_VOID',
    );
  }
  return { ...demand, approvals: demand.approvals.filter(intact) };
}

/** The assessor itself failed: no answer is a denial. `id` is what follows `assess/` in the effect's id. */
export function onAssessmentFailed(desk: Desk, id: string, message: string): void {
  const name = Object.keys(desk.state.assessing).find((key) => id === key || id.startsWith(`${key}/`));
  const pending = name === undefined ? undefined : desk.state.assessing[name];
  if (name === undefined || pending === undefined) return;
  take(desk, name);
  const key = name === ownKey ? ownKey : keyOf(pending.command, pending.source);
  const demand = demandOf(desk, key);
  if (demand !== null) dropDemand(desk, demand);
  refuse(desk, key, pending, [{ code: 'ASSESSMENT_FAILED', message }]);
}

/** True when the assessment was awaited; it is not any more. */
function take(desk: Desk, key: string): boolean {
  const { [key]: pending, ...assessing } = desk.state.assessing;
  if (pending === undefined) return false;
  desk.set({ assessing });
  return true;
}

function accept(
  desk: Desk,
  key: string,
  { pending, assessment, demand }: Pick<Decided, 'pending' | 'assessment' | 'demand'>,
): void {
  const { command, actor, source } = pending;
  const consequence = desk.run(pending, assessment, demand);
  const approvedBy = demand?.approvals.map(({ login }) => login) ?? [];
  desk.note(`command.${command.name}`, actor.login, optionsOf(pending).reason || 'accepted', null, {
    url: source.url,
    ...decidedFrom(assessment),
    ...(approvedBy.length === 0 ? {} : { approved_by: approvedBy }),
    ...(demand?.stepUp ? { step_up: demand.stepUp.credential } : {}),
  });
  if (key === ownKey) return;
  react(desk, key, source, '+1');
  reply(desk, { key, source }, acceptedReply(consequence, approvedBy), 'accepted');
}

/** A dry run, or a question about the next step: nothing is done. */
function tellOnly(
  desk: Desk,
  key: string,
  pending: PendingCommand,
  assessment: PromotionAssessment,
  reasons: readonly Obstacle[],
  open: readonly Obstacle[],
): void {
  const { command, actor, source } = pending;
  const codes = [...reasons, ...open].map(({ code }) => code);
  if (!changesAnything(command)) {
    answerFreely(
      desk,
      { key, source },
      desk.explain(pending, [...reasons, ...open], assessment),
      'answered',
      codes,
    );
    return;
  }
  desk.note(`command.${command.name}.rehearsed`, actor.login, 'dry run', codes[0] ?? null, {
    codes,
    url: source.url,
  });
  const consequence = reasons.length > 0 ? null : desk.rehearse(pending, assessment);
  answerFreely(
    desk,
    { key, source },
    rehearsedReply(command, [...reasons, ...open], consequence),
    'answered',
    codes,
  );
}

function refuse(
  desk: Desk,
  key: string,
  pending: PendingCommand,
  reasons: readonly Obstacle[],
  assessment?: PromotionAssessment,
): void {
  const { command, actor, source } = pending;
  const codes = reasons.map(({ code }) => code);
  const text = reasons
    .map(({ code, message }) => `${code}: ${message}`)
    .join('; ')
    .slice(0, 1_000);
  desk.note(`command.${command.name}.refused`, actor.login, text, codes[0] ?? null, {
    codes,
    url: source.url,
    ...(assessment && decidedFrom(assessment)),
  });
  if (key === ownKey) {
    desk.refusedItself();
    return;
  }
  react(desk, key, source, '-1');
  reply(
    desk,
    { key, source },
    refusedReply(command, reasons, desk.permission(command.name)),
    'refused',
    codes,
  );
}

/** What was asked of which policies: with both, anybody can ask again. */
function decidedFrom({ inputSha256, decision }: PromotionAssessment): Readonly<Record<string, string>> {
  return { input_sha256: inputSha256, policy_sha256: decision.policy_sha256 };
}

/** A denial without a reason is still a denial. */
function denials(reasons: readonly Obstacle[]): readonly Obstacle[] {
  return reasons.length > 0
    ? reasons
    : [{ code: 'POLICY_DENIED', message: 'the policy denies and gives no reason' }];
}

function reasonMissing({ message }: Obstacle): Obstacle {
  return { code: 'REASON_MISSING', message };
}

function distinct(reasons: readonly Obstacle[]): readonly Obstacle[] {
  return reasons.filter(({ code }, index) => reasons.findIndex((other) => other.code === code) === index);
}
