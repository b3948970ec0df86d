import { endedReply, waitingReply } from '../../comms/replies.ts';
import type { Actor, CommandSource } from '../../flow/event.ts';
import type { PromotionAssessment } from '../../ports/policy-engine.ts';
import type { StepUp } from '../../stepup/step-up.ts';
import { awaitingApproval, isSamePerson } from './approval.ts';
import type { Desk } from './desk.ts';
import { demandKey, requestAssessment } from './issued.ts';
import { reply } from './reply.ts';
import type { Approval, Demand, Obligation, PendingCommand } from './state.ts';

/** How long a command waits for an obligation that the config says nothing about, ms. */
const patience = 3_600_000;

export function demandOf(desk: Desk, key: string): Demand | null {
  return desk.state.demands.find((demand) => demand.key === key) ?? null;
}

/** The command is allowed and waits: for the first time, or still. */
export function keepWaiting(
  desk: Desk,
  found: {
    readonly key: string;
    readonly pending: PendingCommand;
    readonly open: readonly Obligation[];
    readonly demand: Demand | null;
    readonly assessment: PromotionAssessment;
  },
): void {
  const demand = found.demand === null ? newDemand(desk, found) : { ...found.demand, open: found.open };
  if (found.demand === null) replaceOlder(desk, demand);
  put(desk, demand);
  if (found.demand === null) begin(desk, demand);
  tell(desk, demand);
}

function newDemand(
  desk: Desk,
  { key, pending, open, assessment }: Parameters<typeof keepWaiting>[1],
): Demand {
  const { second_approver, step_up } = assessment.input.permissions.obligations;
  const spans: Readonly<Record<string, number | undefined>> = {
    SECOND_APPROVER: second_approver?.within,
    STEP_UP: step_up?.within,
  };
  const within = Math.min(...open.map(({ code }) => spans[code] ?? patience));
  return {
    ...pending,
    n: desk.next('demand'),
    round: 0,
    key,
    sha: desk.sha,
    weight: assessment.input.step.target_weight,
    open,
    approvals: [],
    stepUp: null,
    stepUpUrl: null,
    since: desk.now,
    until: desk.now + within,
  };
}

/** The same command again means the newer one: an approval must never be for the one that nobody looks at. */
function replaceOlder(desk: Desk, { command }: Demand): void {
  for (const demand of desk.state.demands.filter((older) => older.command.name === command.name)) {
    dropDemand(desk, demand);
    const code = 'REPLACED';
    desk.note(`command.${command.name}.void`, demand.actor.login, 'the command was given again', code);
    reply(desk, demand, endedReply(demand, code, 'the command was given again'), 'refused', [code]);
  }
}

function begin(desk: Desk, demand: Demand): void {
  const { n, command, actor, source, open, sha, weight, until } = demand;
  const codes = open.map(({ code }) => code);
  desk.note(
    `command.${command.name}.waiting`,
    actor.login,
    open.map(({ message }) => message).join('; '),
    codes[0] ?? null,
    {
      codes,
      url: source.url,
      until: new Date(until).toISOString(),
    },
  );
  desk.emit(`timer/demand/${n}`, { kind: 'startTimer', timer: `demand/${n}` }, until);
  if (!codes.includes('STEP_UP')) return;
  desk.emit(`step-up/${n}`, {
    kind: 'openStepUp',
    demand: n,
    login: actor.login,
    command,
    sha,
    weight,
    until,
  });
}

/** The one reply of the command says what is still open, and who can do something about it. */
function tell(desk: Desk, demand: Demand): void {
  reply(
    desk,
    demand,
    waitingReply(demand, desk.permission('approve')),
    'waiting',
    demand.open.map(({ code }) => code),
  );
}

export function dropDemand(desk: Desk, { n }: Demand): void {
  const { [demandKey(n)]: _gone, ...assessing } = desk.state.assessing;
  desk.set({ demands: desk.state.demands.filter((demand) => demand.n !== n), assessing });
}

function put(desk: Desk, demand: Demand): void {
  desk.set({ demands: [...desk.state.demands.filter(({ n }) => n !== demand.n), demand] });
}

/** Whoever calls has made sure that it is allowed. The command is then looked at again, with the approval. */
export function approve(desk: Desk, by: Actor, source: CommandSource): Demand | null {
  const [demand] = awaitingApproval(desk.state);
  if (demand === undefined) return null;
  const { commentId, bodySha256, url } = source;
  const { sha, weight } = demand;
  const approval: Approval = { login: by.login, at: desk.now, sha, weight, commentId, bodySha256, url };
  const approved = { ...demand, approvals: [...demand.approvals, approval] };
  lookAgain(desk, approved);
  return approved;
}

/** Takes the newest waiting command away. */
export function reject(desk: Desk, by: string, reason: string): Demand | null {
  const demand = desk.state.demands.at(-1);
  if (demand === undefined) return null;
  dropDemand(desk, demand);
  const code = 'REJECTED';
  desk.note(`command.${demand.command.name}.rejected`, by, reason || 'no reason given', code);
  reply(
    desk,
    demand,
    endedReply(demand, code, `rejected by ${by}${reason === '' ? '' : `: ${reason}`}`),
    'refused',
    [code],
  );
  return demand;
}

/** The time of a waiting command is over. */
export function expireDemand(desk: Desk, n: number): void {
  const demand = desk.state.demands.find((one) => one.n === n);
  if (demand === undefined) return;
  dropDemand(desk, demand);
  const code = 'APPROVAL_EXPIRED';
  desk.note(`command.${demand.command.name}.expired`, demand.actor.login, 'nobody answered in time', code);
  reply(desk, demand, endedReply(demand, code, 'what it waited for did not come in time'), 'refused', [code]);
}

/** The commit that people commanded and approved is not the commit any more. */
export function voidDemands(desk: Desk, code: string, why: string): void {
  for (const demand of desk.state.demands) {
    dropDemand(desk, demand);
    desk.note(`command.${demand.command.name}.void`, demand.actor.login, why, code);
    reply(desk, demand, endedReply(demand, code, why), 'refused', [code]);
  }
}

/** The page for a confirmation is there, or cannot be. */
export function onStepUpOpened(desk: Desk, n: number, url: string | null, problem: string): void {
  const demand = desk.state.demands.find((one) => one.n === n);
  if (demand === undefined) return;
  if (url !== null) {
    const opened = { ...demand, stepUpUrl: url };
    put(desk, opened);
    tell(desk, opened);
    return;
  }
  dropDemand(desk, demand);
  const code = 'STEP_UP_UNAVAILABLE';
  desk.note(`command.${demand.command.name}.refused`, demand.actor.login, problem, code);
  reply(desk, demand, endedReply(demand, code, problem), 'refused', [code]);
}

/** The person has confirmed; a confirmation of somebody else, or of what does not wait any more, changes nothing. */
export function onStepUpConfirmed(desk: Desk, n: number, stepUp: StepUp): void {
  const demand = desk.state.demands.find((one) => one.n === n);
  if (demand === undefined || demand.stepUp !== null || !isSamePerson(demand.actor.login, stepUp.login))
    return;
  desk.note('step-up.confirmed', stepUp.login, `confirmed \`/${demand.command.name}\` with a passkey`, null, {
    demand: n,
    credential: stepUp.credential,
  });
  lookAgain(desk, { ...demand, stepUp });
}

/**
 * A comment was edited or deleted. An approval in it is void, and so is a command that still waits; what was carried
 * out already stays, and the change is on record.
 */
export function onCommentChanged(desk: Desk, commentId: number, bodySha256: string | null): void {
  for (const demand of desk.state.demands) {
    if (demand.source.commentId === commentId && demand.source.bodySha256 !== bodySha256) {
      dropDemand(desk, demand);
      const code = 'COMMAND_EDITED';
      desk.note(
        `command.${demand.command.name}.void`,
        demand.actor.login,
        'its comment was edited or deleted',
        code,
      );
      reply(desk, demand, endedReply(demand, code, 'its comment was edited or deleted'), 'refused', [code]);
      continue;
    }
    const voided = demand.approvals.filter(
      (one) => one.commentId === commentId && one.bodySha256 !== bodySha256,
    );
    if (voided.length === 0) continue;
    for (const { login } of voided)
      desk.note('approval.void', login, 'the approving comment was edited or deleted', 'APPROVAL_VOID');
    lookAgain(desk, { ...demand, approvals: demand.approvals.filter((one) => !voided.includes(one)) });
  }
}

function lookAgain(desk: Desk, changed: Demand): void {
  const demand = { ...changed, round: changed.round + 1 };
  put(desk, demand);
  const { command, options, actor, source } = demand;
  const pending = { command, actor, source, ...(options && { options }) };
  requestAssessment(desk, demandKey(demand.n), pending, desk.assessment);
}
