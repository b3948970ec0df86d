import { describe, expect, it } from 'vitest';
import type { GithubEvent } from '../../../sandbox/contract.ts';
import { matchesPatterns, patternToRegExp } from '../../../sandbox/runner/workflow/patterns.ts';
import { readWorkflow } from '../../../sandbox/runner/workflow/read.ts';
import { isTriggered } from '../../../sandbox/runner/workflow/triggers.ts';
import fc from '../../support/fast-check.ts';
import { FakeGithub } from './fake-github.ts';
import { play, pushEvent, runnerOf, sha } from './run-workflow.ts';

const push = (ref: string) => pushEvent({ ref });
const pull = (action: string, base = 'main') =>
  pushEvent({ name: 'pull_request', payload: { action, pull_request: { base: { ref: base } } } });
const named = (name: string, payload: Record<string, unknown> = {}) => pushEvent({ name, payload });

const table: readonly (readonly [on: string, event: GithubEvent, starts: boolean])[] = [
  ['push', push('refs/heads/any'), true],
  ['push', pull('opened'), false],
  ['{push: {branches: [main]}}', push('refs/heads/main'), true],
  ['{push: {branches: [main]}}', push('refs/heads/feature'), false],
  ['{push: {branches: [main]}}', push('refs/tags/v1.0.0'), false],
  ["{push: {tags: ['v*']}}", push('refs/tags/v1.0.0'), true],
  ["{push: {tags: ['v*']}}", push('refs/heads/v1'), false],
  ["{push: {tags: ['v[0-9]+.[0-9]+.[0-9]+']}}", push('refs/tags/v1.20.3'), true],
  ["{push: {tags: ['v[0-9]+.[0-9]+.[0-9]+']}}", push('refs/tags/v1.20.3-rc1'), false],
  ["{push: {branches-ignore: ['dependabot/**']}}", push('refs/heads/dependabot/npm/x'), false],
  ["{push: {branches-ignore: ['dependabot/**']}}", push('refs/heads/main'), true],
  ["{push: {branches: ['**', '!main']}}", push('refs/heads/main'), false],
  ['pull_request', pull('opened'), true],
  ['pull_request', pull('synchronize'), true],
  ['pull_request', pull('labeled'), false],
  ['{pull_request: {types: [labeled]}}', pull('labeled'), true],
  ['{pull_request: {branches: [release]}}', pull('opened', 'main'), false],
  ['{pull_request: {branches: [main]}}', pull('opened', 'main'), true],
  ['merge_group', named('merge_group', { action: 'checks_requested' }), true],
  ['merge_group', named('merge_group', { action: 'destroyed' }), false],
  ['deployment', named('deployment', { action: 'created' }), true],
  ['deployment_status', named('deployment_status', { action: 'created' }), true],
  ['{issue_comment: {types: [created]}}', named('issue_comment', { action: 'created' }), true],
  ['{issue_comment: {types: [created]}}', named('issue_comment', { action: 'edited' }), false],
  ['create', named('create'), true],
  ['workflow_dispatch', named('workflow_dispatch', { workflow: '.github/workflows/w.yml' }), true],
  ['workflow_dispatch', named('workflow_dispatch', { workflow: 'other.yml' }), false],
  ['{workflow_run: {workflows: [Gates]}}', named('workflow_run', { workflow_run: { name: 'Gates' } }), true],
  ['{workflow_run: {workflows: [Gates]}}', named('workflow_run', { workflow_run: { name: 'x' } }), false],
  ["{push: {paths: ['migrations/**']}}", push('refs/heads/main'), true],
  ["{push: {paths: ['docs/**']}}", push('refs/heads/main'), false],
  ["{push: {paths-ignore: ['migrations/**']}}", push('refs/heads/main'), false],
  ["{push: {paths-ignore: ['**.md']}}", push('refs/heads/main'), true],
  ["{push: {tags: ['v*'], paths: ['docs/**']}}", push('refs/tags/v1'), true],
];

describe('triggers', () => {
  it.each(table)('on: %s with %o starts: %s', async (on, event, starts) => {
    const content = `on: ${on}\njobs: {a: {runs-on: x, steps: [{run: x}]}}`;
    const { workflow, problems } = await readWorkflow('.github/workflows/w.yml', content);
    expect(problems).toEqual([]);
    if (workflow === null) throw new Error('unreachable');
    expect(await isTriggered(workflow, event, async () => ['migrations/1.sql'])).toBe(starts);
  });

  it('compares the two commits of a push for path filters', async () => {
    const github = new FakeGithub();
    const on = (path: string) =>
      `on: {push: {paths: ['${path}']}}\njobs: {a: {runs-on: x, steps: [{run: 'true'}]}}`;
    const workflows = {
      '.github/workflows/docs.yml': on('docs/**'),
      '.github/workflows/sql.yml': on('**/*.sql'),
    };
    const before = github.commit('c'.repeat(40), { ...workflows, 'docs/a.md': 'a' });
    github.commit(sha, { ...workflows, 'docs/a.md': 'a', 'migrations/1.sql': 'select 1' });
    const runner = runnerOf(github);
    github.emit(pushEvent({ payload: { before, after: sha } }));
    await runner.idle();
    await runner.close();
    expect(runner.runs().map((run) => run.run.path)).toEqual(['.github/workflows/sql.yml']);
  });

  it('gives a manual run its inputs with defaults and types', async () => {
    const workflow = `on:
  workflow_dispatch:
    inputs:
      dry: { type: boolean, default: true }
      to: { type: choice, options: [stage, production], default: stage }
jobs:
  a:
    runs-on: x
    if: inputs.dry
    steps: [{ run: 'echo "to \${{ inputs.to }}"' }]`;
    const payload = { workflow: '.github/workflows/test.yml', inputs: { to: 'production' } };
    expect((await play({ workflow, event: { name: 'workflow_dispatch', payload } })).log()).toContain(
      'to production',
    );
    const wrong = { ...payload, inputs: { to: 'moon' } };
    const { runs } = await play({ workflow, event: { name: 'workflow_dispatch', payload: wrong } });
    expect(runs[0]?.conclusion).toBe('failure');
    expect(runs[0]?.problems[0]).toContain('give one of stage, production');
  });

  it('does nothing for a deleted branch', async () => {
    const workflow = 'on: push\njobs: {a: {runs-on: x, steps: [{run: x}]}}';
    expect((await play({ workflow, event: { payload: { deleted: true } } })).runs).toEqual([]);
  });
});

describe('filter patterns', () => {
  it.each([
    ['feature/*', 'feature/a', true],
    ['feature/*', 'feature/a/b', false],
    ['**/docs/**', 'docs/a.md', true],
    ['*.js', 'app/x.js', false],
    ['**.js', 'app/x.js', true],
    ['v1?.0', 'v.0', true],
    ['[CB]at', 'Bat', true],
    ['a.b', 'axb', false],
    ['\\*', '*', true],
  ])('%s and %s: %s', (pattern, name, matches) => {
    expect(patternToRegExp(pattern).test(name)).toBe(matches);
  });

  it('match a name without special characters exactly', () => {
    const plain = fc.stringMatching(/^[a-z0-9/._-]{1,20}$/);
    fc.assert(fc.property(plain, plain, (a, b) => matchesPatterns(a, [b]) === (a === b)));
  });
});
