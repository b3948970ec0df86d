import { z } from 'zod';
import { openToForeignCode } from '../../actions/registry.ts';
import { folderTree } from '../../adapters/node-io/folder-tree.ts';
import { checkConfig, configPath } from '../../core/config/parse.ts';
import { servicesOf } from '../../core/config/services.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import type { CliWorld } from '../command.ts';
import { githubApi } from '../github.ts';
import { readApp } from './app.ts';
import { type Diagnosis, ok, type Patient, problem, skipped } from './check.ts';

const noRepository = skipped('name a repository with --repo');

/** Workflows that run a stranger's code with secrets: of the repository on GitHub, else of this folder. */
export async function openWorkflows({ world, repository }: Patient): Promise<readonly Diagnosis[]> {
  const workflows = repository === null ? await workflowsHere(world) : await workflowsOf(repository, world);
  const found = openToForeignCode(workflows);
  if (found.length === 0) return [ok(`none of ${workflows.length} runs foreign code with secrets`)];
  return found.map(({ path, line, message, help }) => problem(`${path}:${line}: ${message}`, help));
}

interface WorkflowText {
  readonly path: string;
  readonly text: string;
}

async function workflowsHere({ cwd }: CliWorld): Promise<readonly WorkflowText[]> {
  const files = await folderTree(cwd);
  const paths = await files.list(['.github/workflows/*.yml', '.github/workflows/*.yaml']);
  return Promise.all(
    paths.map(async (path) => ({
      path,
      text: new TextDecoder().decode((await files.read(path)) ?? undefined),
    })),
  );
}

async function workflowsOf(repository: string, world: CliWorld): Promise<readonly WorkflowText[]> {
  const listed = z
    .array(z.object({ path: z.string() }))
    .catch([])
    .parse(
      await githubApi(world, world.env.GITHUB_TOKEN).get(`/repos/${repository}/contents/.github/workflows`),
    );
  return Promise.all(
    listed
      .filter(({ path }) => /\.ya?ml$/.test(path))
      .map(async ({ path }) => ({ path, text: (await fileOf(repository, path, world)) ?? '' })),
  );
}

async function fileOf(repository: string, path: string, world: CliWorld): Promise<string | null> {
  const answer = await githubApi(world, world.env.GITHUB_TOKEN).get(`/repos/${repository}/contents/${path}`);
  const found = z.object({ content: z.string() }).safeParse(answer);
  return found.success ? Buffer.from(found.data.content, 'base64').toString('utf8') : null;
}

const rulesetSchema = z.object({
  id: z.number(),
  target: z.string(),
  enforcement: z.string(),
  conditions: z
    .object({ ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).optional() })
    .nullish(),
  rules: z.array(z.object({ type: z.string() })).default([]),
});
export type TagRuleset = z.infer<typeof rulesetSchema>;

/** A release's tag that can be moved or deleted is not the tag that was judged. */
export async function protectedTags({ world, repository }: Patient): Promise<readonly Diagnosis[]> {
  if (repository === null) return [noRepository];
  const github = githubApi(world, world.env.GITHUB_TOKEN);
  const briefs = z
    .array(z.object({ id: z.number(), target: z.string().optional() }))
    .catch([])
    .parse(await github.get(`/repos/${repository}/rulesets?per_page=100&includes_parents=true`));
  const rulesets = await Promise.all(
    briefs
      .filter(({ target }) => target === 'tag')
      .map(async ({ id }) => rulesetSchema.parse(await github.get(`/repos/${repository}/rulesets/${id}`))),
  );
  return (await releaseTags(repository, world)).map((tags) => judgeTags(tags, rulesets));
}

/** The globs that the config calls releases; `v*` when there is none that can be read. */
async function releaseTags(repository: string, world: CliWorld): Promise<readonly string[]> {
  const checked = checkConfig((await fileOf(repository, configPath, world)) ?? 'version: 1\n');
  const declared = checked.ok ? servicesOf(checked.config).map(({ release }) => release.tags) : [];
  return declared.length === 0 ? ['v*'] : [...new Set(declared)];
}

/** Whether active rulesets keep tags of this glob from being moved and deleted. */
export function judgeTags(tags: string, rulesets: readonly TagRuleset[]): Diagnosis {
  const example = `refs/tags/${tags.replaceAll('*', '1')}`;
  const covering = rulesets.filter(({ enforcement, conditions }) => {
    const names = conditions?.ref_name;
    if (enforcement !== 'active' || names === undefined) return false;
    const matches = (pattern: string): boolean => pattern === '~ALL' || globMatcher([pattern])(example);
    return names.include.some(matches) && !names.exclude.some(matches);
  });
  const rules = new Set(covering.flatMap((one) => one.rules.map(({ type }) => type)));
  const open = [...(rules.has('update') ? [] : ['moved']), ...(rules.has('deletion') ? [] : ['deleted'])];
  if (open.length === 0) return ok(`tags ${tags} can neither be moved nor deleted`);
  return problem(
    `tags ${tags} can be ${open.join(' and ')} by whoever may push`,
    `add a tag ruleset for refs/tags/${tags} that blocks update and deletion (governance.rulesets can declare it)`,
  );
}

/** A queue whose groups the App cannot see waits for checks that never come. */
export async function mergeQueue({ world, repository }: Patient): Promise<readonly Diagnosis[]> {
  if (repository === null) return [noRepository];
  const github = githubApi(world, world.env.GITHUB_TOKEN);
  const about = z.object({ default_branch: z.string() }).safeParse(await github.get(`/repos/${repository}`));
  if (!about.success) return [skipped(`${repository} cannot be seen`)];
  const branch = encodeURIComponent(about.data.default_branch);
  const rules = z
    .array(z.object({ type: z.string() }))
    .catch([])
    .parse(await github.get(`/repos/${repository}/rules/branches/${branch}?per_page=100`));
  if (!rules.some(({ type }) => type === 'merge_queue')) return [ok('there is none')];
  const app = await readApp(world);
  if (app === null) return [skipped('APP_ID and PRIVATE_KEY are not set')];
  const missing = [
    ...(app.permissions.merge_queues === undefined ? ['the permission merge_queues: read'] : []),
    ...(app.events !== undefined && !app.events.includes('merge_group') ? ['the event merge_group'] : []),
  ];
  if (missing.length === 0) return [ok('the App is told of its groups')];
  return [
    problem(
      `${about.data.default_branch} has a merge queue, and the App lacks ${missing.join(' and ')}: groups would wait for ever`,
      'grant it in the settings of the App, and accept it in each installation',
    ),
  ];
}
