import { describe, expect, it } from 'vitest';
import { approvalObstacles } from '../../../core/commands/desk/approval.ts';
import type { Demand, DeskState } from '../../../core/commands/desk/state.ts';
import { unknownRelease } from '../../../core/release/state.ts';
import { shaA, shaB, start } from '../support/facts.ts';

/** ada's promotion of shaA, which waits for a second person; these have approved it. */
function demand(approvals: readonly string[] = []): Demand {
  const source = { commentId: 1, issue: 1, isPullRequest: false, url: '', bodySha256: '' };
  return {
    command: { name: 'promote', weight: 'next', sha: null },
    actor: { login: 'ada', type: 'User' },
    source,
    n: 1,
    round: approvals.length,
    key: '1/promote',
    sha: shaA,
    weight: 10,
    open: [{ code: 'SECOND_APPROVER', message: 'two persons have to approve it' }],
    approvals: approvals.map((login, n) => ({
      login,
      at: start,
      sha: shaA,
      weight: 10,
      commentId: n + 2,
      bodySha256: '',
      url: '',
    })),
    stepUp: null,
    stepUpUrl: null,
    since: start,
    until: start + 1,
  };
}

const desk = (...demands: readonly Demand[]): DeskState => ({ ...unknownRelease, demands });
const codes = (state: DeskState, login: string, sha: string | null = null): readonly string[] =>
  approvalObstacles(state, sha, login, 'carol').map(({ code }) => code);

describe('what stands against an approval', () => {
  it('is nothing where another person looked at the commit', () => {
    expect(codes(desk(demand()), 'grace', shaA.slice(0, 12))).toEqual([]);
    expect(codes(desk(demand(['heidi'])), 'grace')).toEqual([]);
  });

  it.each<[string, DeskState, string, string | null, string]>([
    ['the same person approved it before', desk(demand(['grace'])), 'grace', null, 'APPROVED_ALREADY'],
    ['and did so in other letters', desk(demand(['Grace'])), 'gRACE', null, 'APPROVED_ALREADY'],
    ['the person wrote the command', desk(demand()), 'ADA', null, 'SELF_APPROVAL'],
    ['the person brought the commit', desk(demand()), 'carol', null, 'SELF_APPROVAL'],
    ['it is for another commit', desk(demand()), 'grace', shaB, 'HEAD_MOVED'],
    ['nothing waits', desk(), 'grace', null, 'NOTHING_TO_APPROVE'],
    ['nothing waits for a person', desk({ ...demand(), open: [] }), 'grace', null, 'NOTHING_TO_APPROVE'],
    ['several commands wait', desk(demand(), { ...demand(), n: 2 }), 'grace', null, 'AMBIGUOUS'],
  ])('is that %s', (_why, state, login, sha, code) => {
    expect(codes(state, login, sha)).toEqual([code]);
  });
});
