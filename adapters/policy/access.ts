import type { PolicyDecision, PromotionInput } from '../../core/ports/policy-engine.ts';
import { changes, type DenialReason } from './rule.ts';

/** `role_name`s that GitHub has by itself, weakest first. A custom role counts only when the config names it. */
const builtInRoles = ['read', 'triage', 'write', 'maintain', 'admin'];

/** Somebody without any role is no collaborator: neither a name nor a team in the config makes up for that. */
export function denyWithoutPermission(input: PromotionInput): readonly DenialReason[] {
  const { actor, permissions, action } = input;
  const { role } = actor;
  if (role === null) {
    return [{ code: 'ROLE_UNKNOWN', message: `the role of ${actor.login} in this repository is not known` }];
  }
  const agrees = permissions.policy === null || actor.policy === true;
  if (agrees && isListed(input, role)) return [];
  const known = builtInRoles.includes(role) ? role : `${role} (custom)`;
  const names = [
    ...permissions.roles,
    ...permissions.teams,
    ...permissions.users,
    ...(permissions.codeowners ? ['owners of the changed files'] : []),
    ...(permissions.policy === null ? [] : [`policy ${permissions.policy}`]),
  ];
  const permitted = names.join(', ') || 'nobody';
  return [
    {
      code: 'NOT_PERMITTED',
      message: `${actor.login} (role ${known}) may not ${action}; permitted: ${permitted}`,
    },
  ];
}

function isListed({ actor, permissions }: PromotionInput, role: string): boolean {
  const { roles, teams, users, codeowners, policy } = permissions;
  const byName = users.some((user) => isSame(user.replace(/^@/, ''), actor.login));
  const byTeam = teams.some((team) => actor.teams.some((mine) => isSame(slugOf(team), slugOf(mine))));
  const isNobodyNamed = roles.length + teams.length + users.length === 0 && !codeowners;
  return (
    roles.includes(role) ||
    byName ||
    byTeam ||
    (codeowners && actor.codeowner === true) ||
    (isNobodyNamed && policy !== null)
  );
}

/** What must also be done before the command takes effect. */
export function obligationsOf(input: PromotionInput): PolicyDecision['obligations'] {
  const { action, actor, access, permissions, release, step, now } = input;
  if (!changes.some((name) => name === action)) return [];
  const { reason, second_approver: second, step_up: stepUp } = permissions.obligations;
  const weight = action === 'promote' ? (step.target_weight ?? 100) : 100;
  const asks = (obligation: { readonly from_weight: number } | undefined): boolean =>
    obligation !== undefined && weight >= obligation.from_weight;
  const approved = access.approvals.some(
    (approval) =>
      approval.sha === release.sha &&
      approval.weight === step.target_weight &&
      !isSame(approval.login, actor.login) &&
      !isSame(approval.login, release.author),
  );
  const age = access.step_up === null ? -1 : now - access.step_up.at;
  const steppedUp =
    isSame(access.step_up?.login ?? '', actor.login) && age >= 0 && age <= (stepUp?.within ?? 0);
  return [
    ...(asks(stepUp) && !steppedUp ? [{ code: 'STEP_UP', message: 'confirm with a passkey' }] : []),
    ...(asks(reason) && access.reason.trim().length < 10
      ? [{ code: 'REASON', message: 'say why this is done now' }]
      : []),
    ...(asks(second) && !approved
      ? [{ code: 'SECOND_APPROVER', message: 'a second person with permission has to approve' }]
      : []),
  ];
}

/** Whether a named, time-boxed exception covers the objection (`policies/exceptions.rego`). */
export function isExcepted(input: PromotionInput, { code, message }: DenialReason): boolean {
  return input.exceptions.some(
    (exception) =>
      exception.code === code &&
      message.startsWith(`${exception.gate}:`) &&
      exception.id.trim() !== '' &&
      exception.reason.trim().length >= 10 &&
      exception.release === input.release.tag &&
      exception.sha === input.release.sha &&
      exception.from <= input.now &&
      input.now < exception.until &&
      exception.until - exception.from <= longestException &&
      (exception.break_glass || exception.approved_by.some((login) => isAnother(login, exception, input))),
  );
}

const longestException = 604_800_000;

function isAnother(
  login: string,
  { requested_by: by }: PromotionInput['exceptions'][number],
  { actor }: PromotionInput,
): boolean {
  return !isSame(login, actor.login) && !isSame(login, by);
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function slugOf(team: string): string {
  return team.replace(/^@/, '').split('/').at(-1) ?? team;
}
