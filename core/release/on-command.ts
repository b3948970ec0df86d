import { helpText } from '../commands/help-text.ts';
import { acceptedReply, malformedReply, refusedReply } from '../comms/replies.ts';
import { postable } from '../comms/safe-text.ts';
import type { CommandSource, ReleaseCommand, ReleaseEvent } from '../flow/event.ts';
import { assessmentDone, requestAssessment } from './assess.ts';
import type { ReleaseDraft } from './draft.ts';
import { holdByCommand, resume } from './hold.ts';
import { lockEnvironment, unlockEnvironment } from './lock.ts';
import { type Obstacle, obstaclesOf } from './obstacles.ts';
import { promoteToNextStep, retryAdvanceLater } from './promote.ts';
import { renderStatus } from './render-status.ts';
import { startRollback } from './rollback.ts';

type Issued = Extract<ReleaseEvent, { type: 'command.issued' }>;
type Assessed = Extract<ReleaseEvent, { type: 'command.assessed' }>;

const answeredLimit = 500;
/** Answers to `/status` and `/help` in one release: a thread cannot be flooded through us. */
const freeReplies = 40;

/** A person wrote a command. Questions are answered at once, everything else is assessed first. */
export function onCommandIssued(draft: ReleaseDraft, { command, actor, source }: Issued): void {
  const key = keyOf(command, source);
  if (wasAnswered(draft, key) || draft.state.assessing[key] !== undefined) return;
  if (actor.type !== 'User') {
    // No reply: two bots that answer each other never stop.
    draft.note(`command.${command.name}`, actor.login, 'bots may not command', 'BOT_NOT_PERMITTED', {
      url: source.url,
    });
    markAnswered(draft, key);
    return;
  }
  switch (command.name) {
    case 'status':
      answerFreely(draft, key, source, renderStatus(draft.state, draft.now).body);
      break;
    case 'help':
      answerFreely(draft, key, source, helpText());
      break;
    case 'promote':
    case 'rollback':
    case 'hold':
    case 'resume':
    case 'lock':
    case 'unlock':
      requestAssessment(draft, key, { command, actor, source });
      break;
  }
}

/** Somebody got a command wrong: one usage reply, nothing else. */
export function onCommandMalformed(
  draft: ReleaseDraft,
  { code, message, actor, source }: Extract<ReleaseEvent, { type: 'command.malformed' }>,
): void {
  const key = `${source.commentId}/malformed`;
  if (wasAnswered(draft, key)) return;
  draft.note('command.malformed', actor.login, message.toWellFormed().slice(0, 500), code, {
    url: source.url,
  });
  if (actor.type !== 'User') markAnswered(draft, key);
  else answerFreely(draft, key, source, malformedReply(code, message));
}

/** The answer has come back: the policy's reasons and the release's own ones decide together. */
export function onCommandAssessed(draft: ReleaseDraft, event: Assessed): void {
  const { command, actor, source, assessment } = event;
  const key = actor.type === 'App' ? 'auto' : keyOf(command, source);
  if (draft.state.assessing[key] === undefined) return;
  assessmentDone(draft, key);
  const reasons = [
    ...obstaclesOf(draft.state, command, assessment, draft.now, draft.activeRelease),
    ...(assessment.decision.allow ? [] : denials(assessment.decision.reasons)),
  ];
  keepApproval(draft, event, reasons);
  if (reasons.length > 0) refuse(draft, key, event, distinct(reasons));
  else accept(draft, key, event);
}

/** The assessor itself failed: no answer is a denial. */
export function onAssessmentFailed(draft: ReleaseDraft, id: string, message: string): void {
  const key = id.startsWith('auto/') ? 'auto' : id;
  const pending = draft.state.assessing[key];
  if (pending === undefined) return;
  assessmentDone(draft, key);
  refuse(draft, key, pending, [{ code: 'ASSESSMENT_FAILED', message }]);
}

function accept(draft: ReleaseDraft, key: string, { command, actor, source }: Issued | Assessed): void {
  run(draft, command, actor.login);
  draft.note(`command.${command.name}`, actor.login, 'accepted', null, { url: source.url });
  if (key === 'auto') return;
  // A request to the API has no comment to react to.
  if (source.commentId > 0)
    draft.emit(`reaction/${key}`, { kind: 'addReaction', commentId: source.commentId, content: '+1' });
  reply(draft, key, source, acceptedReply(command, draft.state));
}

function run(draft: ReleaseDraft, command: ReleaseCommand, by: string): void {
  switch (command.name) {
    case 'promote':
      promoteToNextStep(draft, by);
      break;
    case 'rollback': {
      const cause = `rollback ordered: ${command.reason === '' ? 'no reason given' : command.reason}`;
      startRollback(draft, { code: 'ROLLED_BACK_BY_COMMAND', cause, trigger: 'manual', by });
      break;
    }
    case 'hold':
      holdByCommand(draft, command.reason, by);
      break;
    case 'resume':
      resume(draft, by);
      break;
    case 'lock':
      lockEnvironment(draft, command.ttl, command.reason, by);
      break;
    case 'unlock':
      unlockEnvironment(draft, by);
      break;
    case 'status':
    case 'help':
      break;
  }
}

function refuse(
  draft: ReleaseDraft,
  key: string,
  { command, actor, source }: Pick<Issued, 'command' | 'actor' | 'source'>,
  reasons: readonly Obstacle[],
): void {
  const text = reasons
    .map(({ code, message }) => `${code}: ${message}`)
    .join('; ')
    .slice(0, 1_000);
  draft.note(`command.${command.name}.refused`, actor.login, text, reasons[0]?.code ?? null, {
    codes: reasons.map(({ code }) => code),
    url: source.url,
  });
  if (key === 'auto') retryAdvanceLater(draft);
  else reply(draft, key, source, refusedReply(command, reasons));
}

function keepApproval(draft: ReleaseDraft, event: Assessed, reasons: readonly Obstacle[]): void {
  if (event.command.name !== 'promote') return;
  const { input, decision } = event.assessment;
  const row = {
    step: `${input.step.target_weight ?? '?'} %`,
    actor: event.actor.login,
    role: input.actor.role,
    decision: reasons.length === 0 ? 'allowed' : 'denied',
    reasons: distinct(reasons).map(({ code, message }) => `${code}: ${message}`),
    sha: draft.state.sha,
    at: draft.now,
    url: event.source.url === '' ? null : event.source.url,
    policySha256: decision.policy_sha256,
  } as const;
  draft.set({ approvals: [...draft.state.approvals, row].slice(-200) });
}

function answerFreely(draft: ReleaseDraft, key: string, source: CommandSource, body: string): void {
  if (draft.state.replies >= freeReplies) {
    markAnswered(draft, key);
    return;
  }
  draft.set({ replies: draft.state.replies + 1 });
  reply(draft, key, source, body);
}

function reply(draft: ReleaseDraft, key: string, source: CommandSource, body: string): void {
  markAnswered(draft, key);
  draft.emit(`reply/${key}`, { kind: 'postComment', issue: source.issue, body: postable(body) });
}

/** A denial without a reason is still a denial. */
function denials(reasons: readonly Obstacle[]): readonly Obstacle[] {
  return reasons.length > 0 ? reasons : [{ code: 'DENIED', message: 'the policy gave no reason' }];
}

function distinct(reasons: readonly Obstacle[]): readonly Obstacle[] {
  return reasons.filter(({ code }, index) => reasons.findIndex((other) => other.code === code) === index);
}

function keyOf(command: ReleaseCommand, source: CommandSource): string {
  return `${source.commentId}/${command.name}`;
}

function wasAnswered(draft: ReleaseDraft, key: string): boolean {
  return draft.state.answered.includes(key);
}

function markAnswered(draft: ReleaseDraft, key: string): void {
  draft.set({ answered: [...draft.state.answered, key].slice(-answeredLimit) });
}
