import { expect, it } from 'vitest';
import { governed, merge, openIssues, propose, webhooksOff } from './governed.ts';
import { eventually, repository, type World } from './world.ts';

const rules = (mode: string) => `
governance:
  mode: ${mode}
  rulesets:
    main: { pull_request: { approvals: 0, code_owners: false, last_push: false } }
    gates: { required_checks: { gates: [policy] }, bypass: [{ organization_admin: true, mode: always }] }
    tags: { target: tag, include: ["refs/tags/v*"], block: [update, deletion] }
  environments:
    production:
      refs: { tags: ["v*"] }
      reviewers: { teams: [release-managers], users: [Mia] }
  labels: { Preview: { color: 1d76db } }
`;

const production = { ...repository, environment_name: 'production' };

/** Everything that an administrator can do to the rules behind our back. */
async function weaken({ alice }: World): Promise<void> {
  const { data: listed } = await alice.rest.repos.getRepoRulesets(repository);
  const idOf = (name: string): number => listed.find((one) => one.name === name)?.id ?? 0;
  const { data: team } = await alice.rest.teams.getByName({ org: 'acme', team_slug: 'release-managers' });
  await alice.rest.repos.updateRepoRuleset({
    ...repository,
    ruleset_id: idOf('main'),
    enforcement: 'disabled',
    bypass_actors: [{ actor_id: team.id, actor_type: 'Team', bypass_mode: 'always' }],
  });
  await alice.rest.repos.updateRepoRuleset({
    ...repository,
    ruleset_id: idOf('gates'),
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: 'policy-ci' }],
        },
      },
    ],
  });
  await alice.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: idOf('tags') });
  await alice.rest.repos.createOrUpdateEnvironment({
    ...production,
    reviewers: null,
    deployment_branch_policy: null,
  });
  const { data: custom } = await alice.rest.repos.getAllDeploymentProtectionRules(production);
  for (const { id } of custom.custom_deployment_protection_rules ?? []) {
    await alice.rest.repos.disableDeploymentProtectionRule({ ...production, protection_rule_id: id });
  }
}

async function mergeInTheGap(world: World): Promise<number> {
  const { number } = await propose(world, 'sneaked', {
    'sneaked.txt': 'in',
    '.github/CODEOWNERS': '# nobody\n',
  });
  await merge(world, number);
  return number;
}

const issueOf = (world: World): Promise<string> =>
  eventually(async () => (await openIssues(world))[0]?.body ?? null);

/** How the repository stands, as an administrator sees it. */
async function standing({ alice }: World) {
  const { data: listed } = await alice.rest.repos.getRepoRulesets(repository);
  const rulesets = await Promise.all(
    listed.map(async ({ id }) => {
      const { data } = await alice.rest.repos.getRepoRuleset({ ...repository, ruleset_id: id });
      return [data.name, `${data.enforcement} ${data.bypass_actors?.length} ${JSON.stringify(data.rules)}`];
    }),
  );
  const { data: environment } = await alice.rest.repos.getEnvironment(production);
  const { data: custom } = await alice.rest.repos.getAllDeploymentProtectionRules(production);
  return {
    rulesets: Object.fromEntries(rulesets) as Record<string, string>,
    protections: (environment.protection_rules ?? []).map(({ type }) => type).toSorted(),
    apps: custom.total_count,
  };
}

it('scenario 22: whatever was weakened while webhooks were off is found by the sweep and told, with what merged in the gap, where the config says report', async () => {
  const world = await governed(rules('report'));
  await world.conductor.close();
  await webhooksOff(world);
  await weaken(world);
  const number = await mergeInTheGap(world);
  const weakened = await standing(world);

  await world.start();
  const body = await issueOf(world);
  for (const said of [
    'enforcement: disabled → active',
    'bypass: − team:release-managers (always)',
    'required_status_checks: + policy-ci of release-conductor',
    '| + | ruleset tags | make it<br>target: tag<br>',
    'reviewers: + team:release-managers',
    'reviewers: + user:mia',
    'refs: all → ',
    'apps: + release-conductor',
    '**Nobody owns** `.github/release-conductor.yml`',
    `#${number} sneaked`,
  ])
    expect(body).toContain(said);
  expect(await standing(world)).toEqual(weakened);
});

it('scenario 22: the same is put right where the config says repair, and told for what was merged', async () => {
  const world = await governed(rules('repair'));
  const wanted = await standing(world);
  await world.conductor.close();
  await webhooksOff(world);
  await weaken(world);
  expect(await standing(world)).not.toEqual(wanted);
  const number = await mergeInTheGap(world);

  await world.start();
  expect(await issueOf(world)).toContain(`#${number} sneaked`);
  await eventually(async () => {
    expect(await standing(world)).toEqual(wanted);
    return true;
  });
  // What only people can mend stays told.
  await eventually(async () => ((await issueOf(world)).includes('have no code owner') ? true : null));
  const [repaired] = await world.query<{ entry: { data: { done: readonly string[] } } }>(
    "select entry from audit where entry->>'action' = 'governance.repaired'",
  );
  expect(repaired?.entry.data.done).toEqual([
    'ruleset gates',
    'ruleset main',
    'ruleset tags',
    'environment production',
  ]);
});
