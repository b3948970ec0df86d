import { approve, reject } from '../commands/desk/demand.ts';
import type { Desk } from '../commands/desk/desk.ts';
import type { Demand, PendingCommand } from '../commands/desk/state.ts';
import { effectText } from '../comms/effect-text.ts';
import { escalationRequest } from '../comms/escalation.ts';
import { productionEnvironments } from '../config/waves.ts';
import { inlineText } from '../gate/markdown.ts';
import { checkNameOf } from '../gate/names.ts';
import type { PromotionAssessment } from '../ports/policy-engine.ts';
import { abort } from './abort.ts';
import type { ReleaseDraft } from './draft.ts';
import { flagByCommand } from './flags.ts';
import { holdByCommand, resolveFailure, resume } from './hold.ts';
import { lockEnvironment, unlockEnvironment } from './lock.ts';
import { notify } from './notify.ts';
import { overrideGate } from './override.ts';
import { promoteToNextStep } from './promote.ts';
import { rerunGates } from './rerun.ts';
import { startRollback } from './rollback.ts';
import { nextStepText } from './steps.ts';

/** Carries out a command that is allowed; says what follows from it. */
export function runCommand(
  draft: ReleaseDraft,
  desk: Desk,
  pending: PendingCommand,
  { input }: PromotionAssessment,
  demand: Demand | null,
): string {
  const { command, actor, source } = pending;
  const by = actor.login;
  switch (command.name) {
    case 'promote': {
      const text = nextStepText(draft.state);
      promoteToNextStep(draft, by);
      const isOnly = productionEnvironments(draft.plan().config).length === 1;
      return `Going to **${text}**${isOnly ? ' of production traffic' : ''}.`;
    }
    case 'rollback': {
      const cause = `rollback ordered: ${said(command.reason)}`;
      startRollback(draft, { code: 'ROLLED_BACK_BY_COMMAND', cause, trigger: 'manual', by });
      return `Going back to \`${inlineText(draft.state.deployment?.version ?? '?')}\` with all production traffic.`;
    }
    case 'abort':
      return abort(draft, command.reason, by);
    case 'hold':
      holdByCommand(draft, command.reason, by);
      return 'Held: nothing is promoted until `/resume`. Measuring and automatic rollback go on.';
    case 'resume':
      resume(draft, by);
      return draft.state.phase === 'rolled_back'
        ? 'Resolved: other releases may be promoted again. This one stays rolled back.'
        : 'Resumed.';
    case 'approve': {
      const approved = approve(desk, actor, source);
      return `Approved \`/${approved?.command.name}\` of ${inlineText(approved?.actor.login ?? '?')} for \`${draft.state.sha.slice(0, 12)}\`; it is looked at again now.`;
    }
    case 'reject': {
      const rejected = reject(desk, by, command.reason);
      return `Rejected \`/${rejected?.command.name}\` of ${inlineText(rejected?.actor.login ?? '?')}.`;
    }
    case 'override': {
      const approvedBy = demand?.approvals.map(({ login }) => login) ?? [];
      const { gate, until } = overrideGate(draft, command, by, approvedBy);
      return `\`${checkNameOf[gate]}\` does not hold this release up until ${new Date(until).toISOString()}.`;
    }
    case 'lock':
      lockEnvironment(draft, command.ttl, command.reason, by);
      return `Locked until ${new Date(draft.state.lock?.until ?? 0).toISOString()}: only ${inlineText(by)} promotes. Rollback and hold work for everybody as before.`;
    case 'unlock':
      unlockEnvironment(draft, by);
      return 'Unlocked.';
    case 'unblock':
      return unblock(draft, command.reason, by, input.unresolved?.release ?? null);
    case 'gates':
      return rerunGates(draft, command.rerun ?? 'all', by);
    case 'escalate':
      return escalate(draft, command.reason, by);
    case 'flags': {
      if (command.action === 'show') return '';
      flagByCommand(draft, command.action, command.flag, by, command.reason);
      return command.action === 'kill'
        ? `Turning \`${command.flag}\` off for everybody; the outcome follows in this issue.`
        : `Giving \`${command.flag}\` back as it was; the outcome follows in this issue.`;
    }
    case 'preview':
    case 'plan':
    case 'status':
    case 'why':
    case 'whocan':
    case 'help':
      return '';
  }
}

/** What a command would lead to: it runs on a copy of the release, which is thrown away. */
export function rehearseCommand(
  copy: ReleaseDraft,
  desk: Desk,
  pending: PendingCommand,
  assessment: PromotionAssessment,
): string {
  const consequence = runCommand(copy, desk, pending, assessment, null);
  const planned = copy.planned().map(({ effect }) => effectText(effect));
  return [consequence, ...planned.flatMap((text) => (text === null ? [] : [`- would ${text}`]))].join('\n');
}

function unblock(draft: ReleaseDraft, reason: string, by: string, blocking: string | null): string {
  const { failure, tag } = draft.state;
  if (failure !== null && failure.resolvedBy === null) {
    resolveFailure(draft, by, reason);
    return 'Resolved: other releases may be promoted again.';
  }
  if (blocking === null) return 'Nothing blocks this release.';
  draft.note('release.unblocked', by, said(reason), null, { blocked_by: blocking });
  draft.emit(`unblock/${draft.next('unblock')}`, { kind: 'resolveFailure', tag: blocking, by, reason });
  return `The failure of \`${inlineText(blocking)}\` no longer stands in the way of \`${inlineText(tag)}\`.`;
}

function escalate(draft: ReleaseDraft, reason: string, by: string): string {
  const issue = reason === '' ? `${by} asks for help` : reason;
  const n = draft.next('escalate');
  draft.comment(
    `escalate/${n}`,
    escalationRequest(draft.state, {
      severity: 'HIGH',
      issue,
      helpNeeded: 'a person on call looks at this release',
    }),
  );
  draft.note('release.escalated', by, issue, 'ESCALATED');
  draft.tell(`escalated by ${inlineText(by)}: ${inlineText(issue)}`);
  notify(draft, 'escalation', issue);
  return 'Escalated: the request is in this issue, and the notification targets are told.';
}

function said(reason: string): string {
  return reason === '' ? 'no reason given' : reason;
}
