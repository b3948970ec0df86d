import { describe, expect, it } from 'vitest';
import type { Rule, Ruleset } from '../../../sandbox/github/records.ts';
import { coversRef, type RefChange, refusals } from '../../../sandbox/github/rules.ts';

const conductor = 4711;
const actions = 15368;

function ruleset(rules: readonly Rule[], more: Partial<Ruleset> = {}): Ruleset {
  return {
    id: 1,
    name: 'main',
    target: 'branch',
    enforcement: 'active',
    bypassActors: [],
    conditions: { include: ['~DEFAULT_BRANCH'], exclude: [] },
    rules,
    createdAt: '',
    updatedAt: '',
    ...more,
  };
}

function change(
  more: Partial<Omit<RefChange, 'facts'>> & { facts?: Partial<RefChange['facts']> } = {},
): RefChange {
  return {
    kind: 'merge',
    ref: 'refs/heads/main',
    defaultBranch: 'main',
    forced: false,
    actor: { appId: null, role: 'write', teamIds: [] },
    ...more,
    facts: { signals: [], approvals: 0, upToDate: true, mergeMethod: 'merge', ...more.facts },
  };
}

const pinned = ruleset([
  {
    type: 'required_status_checks',
    parameters: { required_status_checks: [{ context: 'slo-gates', integration_id: conductor }] },
  },
]);

describe('a required check', () => {
  it.each([
    ['nothing reported', [], false],
    ['the pinned app passed it', [{ context: 'slo-gates', appId: conductor, passed: true }], true],
    ['the pinned app failed it', [{ context: 'slo-gates', appId: conductor, passed: false }], false],
    ['a workflow forged it', [{ context: 'slo-gates', appId: actions, passed: true }], false],
    ['a person set a status of its name', [{ context: 'slo-gates', appId: null, passed: true }], false],
    ['another check of the app passed', [{ context: 'policy-ci', appId: conductor, passed: true }], false],
  ])('that is pinned to an app, when %s: allowed is %s', (_, signals, allowed) => {
    expect(refusals([pinned], change({ facts: { signals } })).length === 0).toBe(allowed);
  });

  it('without a pin is satisfied by anybody', () => {
    const loose = ruleset([
      {
        type: 'required_status_checks',
        parameters: { required_status_checks: [{ context: 'slo-gates' }] },
      },
    ]);
    const signals = [{ context: 'slo-gates', appId: actions, passed: true }];
    expect(refusals([loose], change({ facts: { signals } }))).toEqual([]);
  });

  it('with a strict policy also wants the head up to date', () => {
    const strict = ruleset([
      { type: 'required_status_checks', parameters: { strict_required_status_checks_policy: true } },
    ]);
    expect(refusals([strict], change({ facts: { upToDate: false } }))).toHaveLength(1);
    expect(refusals([strict], change())).toEqual([]);
  });
});

describe('a rule', () => {
  it.each([
    ['deletion', 'delete', {}, true],
    ['deletion', 'update', {}, false],
    ['non_fast_forward', 'update', { forced: true }, true],
    ['non_fast_forward', 'update', {}, false],
    ['pull_request', 'update', {}, true],
    ['pull_request', 'merge', {}, false],
    ['creation', 'create', {}, true],
    ['update', 'merge', {}, true],
    ['required_linear_history', 'merge', {}, true],
    ['a rule of the future', 'merge', {}, true],
  ] as const)('"%s" on %s %o refuses: %s', (type, kind, more, refused) => {
    expect(refusals([ruleset([{ type }])], change({ kind, ...more })).length > 0).toBe(refused);
  });

  it('counts approvals', () => {
    const two = ruleset([{ type: 'pull_request', parameters: { required_approving_review_count: 2 } }]);
    expect(refusals([two], change({ facts: { approvals: 1 } }))).toHaveLength(1);
    expect(refusals([two], change({ facts: { approvals: 2 } }))).toEqual([]);
  });

  it.each(['disabled', 'evaluate'] as const)('of a ruleset that is %s refuses nothing', (enforcement) => {
    const idle = ruleset([{ type: 'update' }], { enforcement });
    expect(refusals([idle], change())).toEqual([]);
  });
});

describe('a bypass actor', () => {
  const by = (actor_type: string, actor_id: number | null, bypass_mode?: string) =>
    ruleset([{ type: 'update' }], {
      bypassActors: [{ actor_id, actor_type, ...(bypass_mode === undefined ? {} : { bypass_mode }) }],
    });

  it.each([
    ['the app itself', by('Integration', conductor), { appId: conductor, role: null, teamIds: [] }, true],
    ['another app', by('Integration', conductor), { appId: actions, role: null, teamIds: [] }, false],
    ['an admin', by('OrganizationAdmin', 1), { appId: null, role: 'admin', teamIds: [] }, true],
    ['a maintainer by role', by('RepositoryRole', 2), { appId: null, role: 'maintain', teamIds: [] }, true],
    [
      'a writer where maintainers may',
      by('RepositoryRole', 2),
      { appId: null, role: 'write', teamIds: [] },
      false,
    ],
    ['a team member', by('Team', 7), { appId: null, role: 'write', teamIds: [7] }, true],
  ] as const)('%s passes: %o', (_, rules, actor, passes) => {
    expect(refusals([rules], change({ kind: 'update', actor })).length === 0).toBe(passes);
  });

  it('that may bypass pull requests only does not push directly', () => {
    const limited = by('OrganizationAdmin', 1, 'pull_request');
    const actor = { appId: null, role: 'admin', teamIds: [] } as const;
    expect(refusals([limited], change({ kind: 'update', actor }))).toHaveLength(1);
    expect(refusals([limited], change({ kind: 'merge', actor }))).toEqual([]);
  });
});

describe('the refs of a ruleset', () => {
  it.each([
    ['~DEFAULT_BRANCH', 'refs/heads/main', true],
    ['~DEFAULT_BRANCH', 'refs/heads/other', false],
    ['~ALL', 'refs/heads/any/thing', true],
    ['refs/heads/release/*', 'refs/heads/release/1', true],
    ['refs/heads/release/*', 'refs/heads/release/1/2', false],
    ['refs/heads/release/**', 'refs/heads/release/1/2', true],
    ['refs/heads/a.b', 'refs/heads/axb', false],
  ])('%s covers %s: %s', (pattern, ref, covered) => {
    const rules = ruleset([], { conditions: { include: [pattern], exclude: [] } });
    expect(coversRef(rules, ref, 'main')).toBe(covered);
  });

  it('leaves out what is excluded, and tags when it is for branches', () => {
    const rules = ruleset([], { conditions: { include: ['~ALL'], exclude: ['refs/heads/wip/*'] } });
    expect(coversRef(rules, 'refs/heads/wip/x', 'main')).toBe(false);
    expect(coversRef(rules, 'refs/tags/v1', 'main')).toBe(false);
    expect(coversRef({ ...rules, target: 'tag' }, 'refs/tags/v1', 'main')).toBe(true);
  });
});
