import { expect, it } from 'vitest';
import { configPath } from '../../core/config/parse.ts';
import { failReads } from './failing-reads.ts';
import {
  currentConfig,
  governed,
  merge,
  openIssues,
  planOf,
  policyCheck,
  proposeConfig,
  stateOf,
} from './governed.ts';
import { commitFiles, eventually, repository, startWorld, type World } from './world.ts';

const rules = `
governance:
  mode: repair
  rulesets:
    # where the first one adds

    # room for two pull requests
    # that git can merge

    main: { required_checks: { gates: [policy] }, bypass: [{ organization_admin: true, mode: always }] }
  labels:
    preview: { color: 1d76db }
`;

async function names({ alice }: World): Promise<readonly string[]> {
  const rulesets = (await alice.rest.repos.getRepoRulesets(repository)).data.map(({ name }) => name);
  const labels = (await alice.rest.issues.listLabelsForRepo(repository)).data.map(({ name }) => name);
  return [...rulesets, ...labels.filter((name) => name !== 'release-conductor')].toSorted();
}

it('two pull requests that change the rules: the second is planned anew, and what nobody was shown is not written before a third shows it', async () => {
  const world = await governed(rules);
  const before = await names(world);
  const config = await currentConfig(world);
  const tags = 'tags: { target: tag, include: ["refs/tags/v*"], block: [update, deletion] }';
  const first = await proposeConfig(world, config.replace('# where the first one adds', tags), 'first');
  const second = await proposeConfig(world, `${config}    urgent: { color: b60205 }\n`, 'second');
  expect(await planOf(world, first.sha)).toContain('ruleset tags');
  const shown = await planOf(world, second.sha);
  expect(shown).toContain('1 change');
  expect(shown).toContain('label urgent');

  await merge(world, first.number);
  await eventually(async () => {
    expect(await names(world)).toEqual([...before, 'tags'].toSorted());
    return true;
  });
  // Planned by its own head, which does not know the first: its owner sees that the ruleset is not declared there.
  const again = await eventually(async () => {
    const summary = (await policyCheck(world, second.sha))?.output.summary ?? '';
    return summary === shown ? null : summary;
  });
  expect(again).toContain('ruleset tags');

  // As GitHub merges lines: a config that neither of the two has.
  const both = `${await currentConfig(world)}    urgent: { color: b60205 }\n`;
  await commitFiles(world.alice, 'main', { [configPath]: both });
  const issue = await eventually(async () => (await openIssues(world))[0] ?? null);
  expect(issue.body).toContain('No pull request has shown what this very config means');
  expect(issue.body).toContain('label urgent');
  expect(await names(world)).toEqual([...before, 'tags'].toSorted());

  const third = await proposeConfig(world, `${await currentConfig(world)}# to see the plan\n`, 'third');
  const hash = /plan `([0-9a-f]+)`/.exec(await planOf(world, third.sha))?.[1];
  await merge(world, third.number);
  await eventually(async () => ((await openIssues(world)).length === 0 ? true : null));
  expect(await names(world)).toEqual([...before, 'tags', 'urgent'].toSorted());
  const [applied] = await world.query<{ entry: { data: { plan: string } } }>(
    "select entry from audit where entry->>'action' = 'governance.applied' order by seq desc limit 1",
  );
  expect(applied?.entry.data.plan.startsWith(hash ?? 'none')).toBe(true);
});

it('a plan that GitHub drops in the middle and whose process ends is carried out to its end, each write once', async () => {
  const world = await startWorld();
  const reads = failReads(world);
  const config = `${await currentConfig(world)}
governance:
  rulesets:
    main: { required_checks: { gates: [policy] } }
    tags: { target: tag, include: ["refs/tags/v*"], block: [update, deletion] }
  environments:
    production: { refs: { tags: ["v*"] } }
  labels:
    preview: { color: 1d76db }
`;
  const { sha, number } = await proposeConfig(world, config, 'rules');
  const hash = /plan `([0-9a-f]+)`/.exec(await planOf(world, sha))?.[1] ?? 'none';
  const { faults } = world.github;
  reads.again();
  // Made, and nobody hears of it; then GitHub is down in the middle of the environment.
  faults.next({ kind: 'timeout-after-commit', method: 'POST', path: /\/rulesets$/ });
  faults.next({ kind: 'status', status: 502, method: 'POST', path: /\/deployment_protection_rules$/ });
  await merge(world, number);
  await eventually(async () => ((await names(world)).includes('main') ? true : null));
  await world.conductor.close();
  await world.start();

  await eventually(async () => ((await stateOf(world))?.goodAt == null ? null : true));
  expect(faults.pending()).toEqual([]);
  expect(await names(world)).toEqual(expect.arrayContaining(['main', 'preview', 'tags']));
  const made = world.github
    .requests()
    .filter(({ operation, status }) => operation === 'POST /repos/{owner}/{repo}/rulesets' && status < 300);
  expect(made).toHaveLength(2);
  const applied = await world.query<{ entry: { data: { plan: string } } }>(
    "select entry from audit where entry->>'action' = 'governance.applied'",
  );
  expect(applied.map(({ entry }) => entry.data.plan.startsWith(hash))).toEqual([true]);
});
