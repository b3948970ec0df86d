import { describe, expect, it } from 'vitest';
import { governanceSchema } from '../../../core/config/governance.ts';
import { stricterOf } from '../../../core/config/organisation.ts';

const config = (given: object) => governanceSchema.parse(given);
const organisation = config({
  mode: 'repair',
  max_changes: 10,
  codeowners: ['policies/'],
  rulesets: {
    main: {
      bypass: [{ team: 'sre', mode: 'pull_request' }],
      pull_request: { approvals: 2 },
      required_checks: { gates: ['slo', 'policy'] },
    },
  },
  environments: {
    production: { wait_minutes: 5, reviewers: { teams: ['sre', 'ops'] }, refs: { tags: ['v*'] } },
  },
});

describe('the rules of an organisation', () => {
  it('hold where a repository says nothing', () => {
    expect(stricterOf(organisation, undefined)).toEqual(organisation);
  });

  it('are not weakened by a repository', () => {
    const own = config({
      mode: 'report',
      max_changes: 500,
      codeowners: [],
      rulesets: {
        main: {
          enforcement: 'disabled',
          exclude: ['refs/heads/main'],
          bypass: [
            { team: 'everybody', mode: 'always' },
            { team: 'sre', mode: 'always' },
          ],
          pull_request: { approvals: 0, code_owners: false, dismiss_stale: false, last_push: false },
          required_checks: { gates: [] },
          block: [],
        },
      },
      environments: {
        production: { reviewers: {}, prevent_self_review: false, refs: 'all', conductor: false },
      },
    });
    expect(stricterOf(organisation, own)).toEqual(organisation);
  });

  it('are tightened and added to by a repository', () => {
    const own = config({
      rulesets: {
        main: {
          bypass: [],
          pull_request: { approvals: 3 },
          required_checks: { others: [{ name: 'build', app: 'github-actions' }] },
        },
        tags: { target: 'tag', include: ['refs/tags/v*'] },
      },
      environments: { production: { wait_minutes: 30, reviewers: { teams: ['sre'] } }, stage: {} },
    });
    const both = stricterOf(organisation, own);
    expect(both.rulesets.main).toMatchObject({
      bypass: [],
      pull_request: { approvals: 3 },
      required_checks: { gates: 'all', others: [{ name: 'build' }] },
    });
    expect(Object.keys(both.rulesets)).toEqual(['main', 'tags']);
    expect(both.environments).toMatchObject({
      production: { wait_minutes: 30, reviewers: { teams: ['sre'] }, refs: { tags: ['v*'] } },
      stage: {},
    });
    expect(both).toMatchObject({ mode: 'repair', max_changes: 10 });
  });
});
