import { describe, expect, it } from 'vitest';
import { governanceSchema } from '../../../core/config/governance.ts';
import { checkConfig } from '../../../core/config/parse.ts';
import { desiredSettings } from '../../../core/governance/desired.ts';

const problemsOf = (governance: string): readonly string[] => {
  const checked = checkConfig(`version: 1\ngovernance: ${governance}\n`);
  return checked.ok ? [] : checked.problems.map(({ rule, path, help }) => `${rule} ${path} → ${help}`);
};

describe('rules that GitHub would not keep are refused before anything is written', () => {
  it.each<[string, string, string]>([
    [
      'labels that differ in case',
      '{ labels: { Bug: { color: aabbcc }, bug: { color: aabbcc } } }',
      'governance-names-differ governance.labels.bug',
    ],
    [
      'environments that differ in case',
      '{ environments: { Production: {}, production: {} } }',
      'governance-names-differ governance.environments.production',
    ],
    [
      'an environment of a preview',
      '{ environments: { preview/pr-1: {} } }',
      'governance-environment-is-kept governance.environments.preview/pr-1',
    ],
    [
      'a label that is too long',
      `{ labels: { ${'é'.repeat(51)}: { color: aabbcc } } }`,
      'governance-label-fits',
    ],
    [
      'a branch pattern that is no ref',
      '{ rulesets: { main: { include: [main] } } }',
      'ruleset-patterns-are-refs governance.rulesets.main.include.0',
    ],
    [
      'a tag ruleset over branches',
      '{ rulesets: { tags: { target: tag } } }',
      'ruleset-patterns-are-refs governance.rulesets.tags.include.0',
    ],
    [
      'an exclusion of the other kind',
      '{ rulesets: { main: { exclude: ["refs/tags/v*"] } } }',
      'ruleset-patterns-are-refs governance.rulesets.main.exclude.0',
    ],
    [
      'a pull request into a tag',
      '{ rulesets: { tags: { target: tag, include: ["~ALL"], pull_request: {} } } }',
      'ruleset-suits-its-target governance.rulesets.tags.pull_request',
    ],
    [
      'a queue that cannot merge',
      '{ rulesets: { main: { linear_history: true, merge_queue: {} } } }',
      'ruleset-queue-can-merge governance.rulesets.main.merge_queue.method',
    ],
    [
      'a queue whose groups are never full',
      '{ rulesets: { main: { merge_queue: { merge_at_least: 9 } } } }',
      'ruleset-queue-can-merge governance.rulesets.main.merge_queue.merge_at_least',
    ],
    [
      'no check at all',
      '{ rulesets: { main: { required_checks: { gates: [] } } } }',
      'ruleset-checks-differ governance.rulesets.main.required_checks',
    ],
    [
      'a check twice',
      '{ rulesets: { main: { required_checks: { others: [{ name: a, app: x }, { name: a, app: x }] } } } }',
      'ruleset-checks-differ governance.rulesets.main.required_checks.others.1',
    ],
    [
      'an actor in two modes',
      '{ rulesets: { main: { bypass: [{ team: a }, { team: a, mode: always }] } } }',
      'ruleset-bypass-differs governance.rulesets.main.bypass.1',
    ],
  ])('%s', (_, governance, expected) => {
    const found = problemsOf(governance);
    expect(found).toEqual([expect.stringContaining(expected)]);
    expect(found[0]).toMatch(/→ \S/);
  });

  it.each([
    '{ labels: { "日本語 🚀 label": { color: aabbcc } }, environments: { "生産": {}, previews: {} } }',
    '{ rulesets: { main: { linear_history: true, merge_queue: { method: squash } }, t: { target: tag, include: ["~ALL"] } } }',
    `{ rulesets: { main: { required_checks: { others: [${Array.from({ length: 200 }, (_, n) => `{ name: check-${n}, app: ci }`).join(', ')}] } } } }`,
  ])('but not %#', (governance) => expect(problemsOf(governance)).toEqual([]));
});

it('what is said twice is wanted once', () => {
  const config = governanceSchema.parse({
    rulesets: { main: { include: ['~ALL', '~ALL'], required_checks: { gates: ['slo', 'slo'] } } },
    environments: { stage: { reviewers: { users: ['Mia', 'mia'] }, refs: { tags: ['v*', 'v*'] } } },
  });
  const { rulesets, environments } = desiredSettings(config, 'conductor');
  expect(rulesets[0]?.include).toEqual(['~ALL']);
  expect(JSON.stringify(rulesets[0]?.rules).match(/slo-gates/g)).toHaveLength(1);
  expect(environments[0]).toMatchObject({ reviewers: ['user:mia'], refs: ['tag:v*'] });
});
