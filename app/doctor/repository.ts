import { z } from 'zod';
import { openToForeignCode } from '../../actions/registry.ts';
import { githubApi } from '../../adapters/github/rest.ts';
import { folderTree } from '../../adapters/node-io/folder-tree.ts';
import { checkOrganisationConfig, effectiveConfig } from '../../core/config/organisation/effective.ts';
import { organisationOf } from '../../core/config/organisation/place.ts';
import { configPath } from '../../core/config/path.ts';
import { placeProblem } from '../../core/config/problem.ts';
import { servicesOf } from '../../core/config/services.ts';
import { PermissionError } from '../../core/errors.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import { type Diagnosis, ok, type Patient, problem, skipped } from './check.ts';

export const noRepository = skipped('name a repository with --repo');

/** Workflows that run a stranger's code with secrets: of the repository on GitHub, else of this folder. */
export async function openWorkflows(patient: Patient): Promise<readonly Diagnosis[]> {
  const workflows =
    patient.repository === null
      ? await workflowsHere(patient)
      : await workflowsOf(patient.repository, patient);
  if (workflows === null) return [skipped('there is no folder and no repository')];
  const found = openToForeignCode(workflows);
  if (found.length === 0) return [ok(`none of ${workflows.length} runs foreign code with secrets`)];
  return found.map(({ path, line, message, help }) => problem(`${path}:${line}: ${message}`, help));
}

interface WorkflowText {
  readonly path: string;
  readonly text: string;
}

async function workflowsHere({ folder }: Patient): Promise<readonly WorkflowText[] | null> {
  if (folder === null) return null;
  const files = await folderTree(folder);
  const paths = await files.list(['.github/workflows/*.yml', '.github/workflows/*.yaml']);
  return Promise.all(
    paths.map(async (path) => ({
      path,
      text: new TextDecoder().decode((await files.read(path)) ?? undefined),
    })),
  );
}

/** A folder that is not there has no workflows; a repository that cannot be seen is another thing. */
async function workflowsOf(repository: string, patient: Patient): Promise<readonly WorkflowText[]> {
  await assertSeen(repository, patient);
  const answer = await githubApi(patient, patient.token).get(
    `/repos/${repository}/contents/.github/workflows`,
  );
  const listed = z.array(z.object({ path: z.string() })).parse(answer ?? []);
  return Promise.all(
    listed
      .filter(({ path }) => /\.ya?ml$/.test(path))
      .map(async ({ path }) => {
        const text = await fileOf(repository, path, patient);
        if (text === null) throw unseen(`${path} of ${repository}`);
        return { path, text };
      }),
  );
}

const aboutSchema = z.object({ default_branch: z.string(), archived: z.boolean().default(false) });

export async function assertSeen(repository: string, patient: Patient): Promise<z.infer<typeof aboutSchema>> {
  const about = await githubApi(patient, patient.token).get(`/repos/${repository}`);
  if (about === null) throw unseen(repository);
  return aboutSchema.parse(about);
}

export function unseen(what: string): PermissionError {
  return new PermissionError(
    'UNSEEN',
    `${what} cannot be seen`,
    'set GITHUB_TOKEN to a token that may read it',
  );
}

/** Null: there is no such file. */
async function fileOf(repository: string, path: string, patient: Patient): Promise<string | null> {
  const answer = await githubApi(patient, patient.token).get(`/repos/${repository}/contents/${path}`);
  if (answer === null) return null;
  const { content } = z.object({ content: z.string() }).parse(answer);
  return Buffer.from(content, 'base64').toString('utf8');
}

/** The config that holds, and what of it is weaker than the organisation allows. */
export async function organisationConfig(patient: Patient): Promise<readonly Diagnosis[]> {
  if (patient.repository === null) return [noRepository];
  const found = await effectiveOf(patient.repository, patient);
  if (found === null) {
    return [
      problem(
        `${patient.repository} has no ${configPath}: nothing is gated there`,
        'release-conductor init writes one',
      ),
    ];
  }
  const problems = found.ok ? found.weaker : found.problems;
  if (problems.length === 0)
    return [ok(`${configPath} of ${patient.repository} is valid, and no weaker than its organisation's`)];
  return problems.map((one) => problem(placeProblem(one), one.help));
}

async function effectiveOf(
  repository: string,
  patient: Patient,
): Promise<ReturnType<typeof effectiveConfig> | null> {
  await assertSeen(repository, patient);
  const text = await fileOf(repository, configPath, patient);
  if (text === null) return null;
  const name = organisationOf(repository);
  if (repository === name) {
    const checked = checkOrganisationConfig(text);
    return checked.ok ? { ...checked, weaker: [] } : checked;
  }
  const theirs = await fileOf(name, configPath, patient);
  return effectiveConfig(text, theirs === null ? null : { text: theirs, file: `${name}/${configPath}` });
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
export async function protectedTags(patient: Patient): Promise<readonly Diagnosis[]> {
  const { repository } = patient;
  if (repository === null) return [noRepository];
  await assertSeen(repository, patient);
  const github = githubApi(patient, patient.token);
  const listed = await github.list(`/repos/${repository}/rulesets?includes_parents=true`);
  if (listed === null) throw unseen(`the rulesets of ${repository}`);
  const briefs = z.array(z.object({ id: z.number(), target: z.string().optional() })).parse(listed);
  const rulesets = await Promise.all(
    briefs
      .filter(({ target }) => target === 'tag')
      .map(async ({ id }) =>
        rulesetSchema.parse(await github.get(`/repos/${repository}/rulesets/${id}?includes_parents=true`)),
      ),
  );
  return (await releaseTags(repository, patient)).map((tags) => judgeTags(tags, rulesets));
}

/** The globs that the config calls releases; `v*` when there is none that can be read. */
async function releaseTags(repository: string, patient: Patient): Promise<readonly string[]> {
  const checked = await effectiveOf(repository, patient);
  const declared = checked?.ok === true ? servicesOf(checked.config).map(({ release }) => release.tags) : [];
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
