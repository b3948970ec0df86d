import { checkNameOf, gateNames } from '../../core/gate/names.ts';
import type { Json } from '../client.ts';
import { Refuted } from '../timeline.ts';
import type { Scenario, Stage } from './scenario.ts';
import { mergeWhenAllowed, observeAllGreen } from './unsafe-migration.ts';

const configPath = '.github/release-conductor.yml';

/** The rules that the product repository declares: the ruleset it has, its tags, and who enters production. */
const rules = `
# The rules of this repository; whoever changes them elsewhere finds them put right.
governance:
  mode: repair
  rulesets:
    gates: { required_checks: { gates: all } }
    releases: { target: tag, include: ["refs/tags/v*"], block: [update, deletion] }
  environments:
    production: { refs: all }
`;

/** Rules are planned on the pull request that declares them, made so by its merge, and kept. */
export const governance: Scenario = {
  name: 'governance',
  title: 'Rules that stay enforced',
  after: [],
  async play(stage) {
    await declareRules(stage);
    await observeRepair(stage);
    await observeRefusedEntry(stage);
  },
};

async function declareRules(stage: Stage): Promise<void> {
  const { developer, lead, timeline, world } = stage;
  const { content } = await lead.expect('GET', `/contents/${configPath}`);
  const config = Buffer.from(content, 'base64').toString() + rules;
  const head = await developer.commit('rules', 'feat: declare our rules', new Map([[configPath, config]]));
  const number = await developer.openPullRequest('feat: declare our rules', 'rules');
  timeline.act(`a developer opens #${number}: protected tags, an environment that asks the Conductor`);
  await timeline.observe('policy-ci shows what the merge will write', async () => {
    const check = await developer.check(head, checkNameOf.policy, world.github.app.appId);
    return /\d+ changes?, plan `\w+`/.exec(check?.output?.summary ?? '')?.[0] ?? null;
  });
  await observeAllGreen(stage, head);
  await mergeWhenAllowed(stage, number, head);
  await timeline.observe('the merge wrote exactly that', async () => {
    const names = await rulesetsOf(lead);
    if (!names.includes('releases')) return null;
    const asked = await lead.call('GET', '/environments/production/deployment_protection_rules');
    const apps = (asked.body?.custom_deployment_protection_rules ?? []) as Json[];
    const asks = apps.some(({ app }) => app.slug === world.github.app.slug);
    return asks ? `rulesets ${names.join(', ')}; production asks the Conductor` : null;
  });
}

async function observeRepair({ lead, timeline, world }: Stage): Promise<void> {
  const before = (await lead.expect('GET', '/rulesets')) as Json[];
  const gates = before.find(({ name }) => name === 'gates');
  await lead.expect('DELETE', `/rulesets/${gates?.id}`);
  timeline.act('somebody deletes the ruleset that requires the five checks');
  await timeline.observe('it is back, with every check pinned to the App', async () => {
    const now = ((await lead.expect('GET', '/rulesets')) as Json[]).find(({ name }) => name === 'gates');
    if (now === undefined) return null;
    const { rules: found } = await lead.expect('GET', `/rulesets/${now.id}`);
    const checks = (found as Json[]).find(({ type }) => type === 'required_status_checks');
    const required = (checks?.parameters.required_status_checks ?? []) as Json[];
    const pinned = required.filter(({ integration_id: app }) => app === world.github.app.appId);
    if (required.length !== gateNames.length || pinned.length < required.length) {
      throw new Refuted(`${pinned.length} of ${required.length} checks are pinned`);
    }
    return `ruleset #${gates?.id} is now #${now.id}`;
  });
}

/** A workflow of somebody's own asks for the environment. Whatever the gates say, nobody ordered this deployment. */
async function observeRefusedEntry({ developer, timeline, world }: Stage): Promise<void> {
  const files = world.variant('by-hand');
  const head = await developer.commit('by-hand', 'chore: deploy by hand', files);
  const number = await developer.openPullRequest('chore: deploy by hand', 'by-hand');
  timeline.act(`a developer pushes #${number} with a workflow that deploys straight into production`);
  await timeline.observe('its job does not enter the environment, and is told why', async () => {
    const run = world.runner.runs().find((one) => one.run.headSha === head && one.run.event === 'push');
    const [job] = run?.conclusion == null ? [] : run.jobs;
    if (job?.conclusion === 'success') throw new Refuted('the job ran');
    const why = job?.annotations.map(({ message }) => message).join(' ') ?? '';
    return /rejected the deployment: .*/s.exec(why)?.[0] ?? null;
  });
}

async function rulesetsOf(lead: Stage['lead']): Promise<readonly string[]> {
  return ((await lead.expect('GET', '/rulesets')) as Json[]).map(({ name }) => name as string);
}
