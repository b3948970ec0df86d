import type { Obstacle } from '../obstacle.ts';
import type { Demand, DeskState } from './state.ts';

/** What stands against an approval by this person: all of it. */
export function approvalObstacles(
  desk: DeskState,
  sha: string | null,
  login: string,
  author: string,
): readonly Obstacle[] {
  const [demand, ...more] = awaitingApproval(desk);
  if (demand === undefined)
    return [{ code: 'NOTHING_TO_APPROVE', message: 'no command waits for a second person' }];
  if (more.length > 0) return [{ code: 'AMBIGUOUS', message: 'several commands wait for a second person' }];
  const found: Obstacle[] = [];
  if (sha !== null && !demand.sha.startsWith(sha)) {
    found.push({
      code: 'HEAD_MOVED',
      message: `the approval is for ${sha.slice(0, 12)}, the command that waits for ${demand.sha.slice(0, 12)}`,
    });
  }
  if (isSamePerson(login, demand.actor.login)) {
    found.push({
      code: 'SELF_APPROVAL',
      message: `${login} wrote the command; another person has to approve it`,
    });
  } else if (isSamePerson(login, author)) {
    found.push({
      code: 'SELF_APPROVAL',
      message: `${login} brought this commit here; another person has to approve it`,
    });
  }
  if (demand.approvals.some((approval) => isSamePerson(approval.login, login))) {
    found.push({ code: 'APPROVED_ALREADY', message: `${login} has approved it already` });
  }
  return found;
}

/** Commands that wait for a second person. */
export function awaitingApproval({ demands }: DeskState): readonly Demand[] {
  return demands.filter(({ open }) => open.some(({ code }) => code === 'SECOND_APPROVER'));
}

/** Logins are equal whatever the case. */
export function isSamePerson(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
