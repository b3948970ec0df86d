import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { parse } from 'yaml';
import { z } from 'zod';
import { PermissionError } from '../../core/errors.ts';
import { checkNameOf } from '../../core/gate/names.ts';
import type { CliWorld } from '../command.ts';
import { githubApi } from '../github.ts';
import { type Diagnosis, type DoctorCheck, ok, type Patient, problem, skipped } from './check.ts';

/** What can be wrong between here and GitHub. */
export const githubChecks: readonly DoctorCheck[] = [
  { name: 'github', look: async ({ world }) => [await reachable(world)] },
  { name: 'app', look: ({ world }) => app(world) },
  { name: 'required checks', look: requiredChecks },
];

/** GitHub refuses App JWTs of a clock that is more than a minute off. */
const maxSkew = 60_000;

async function reachable({ env, fetch }: CliWorld): Promise<Diagnosis> {
  const root = env.GITHUB_API_URL || 'https://api.github.com';
  const asked = Date.now();
  const answer = await fetch(`${root.replace(/\/$/, '')}/meta`, {
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null);
  if (answer === null)
    return problem(`${root} does not answer`, 'check GITHUB_API_URL, the network and the proxy');
  const skew = Date.parse(answer.headers.get('date') ?? '') - asked;
  if (Math.abs(skew) > maxSkew) {
    return problem(
      `this clock differs from GitHub's by ${Math.round(skew / 1_000)} s`,
      "correct this machine's clock (NTP)",
    );
  }
  return ok(`${root} answers`);
}

async function app(world: CliWorld): Promise<readonly Diagnosis[]> {
  const { APP_ID, PRIVATE_KEY, PRIVATE_KEY_PATH } = world.env;
  if (!APP_ID || !(PRIVATE_KEY || PRIVATE_KEY_PATH)) return [skipped('APP_ID and PRIVATE_KEY are not set')];
  const token = await appToken(APP_ID, PRIVATE_KEY || (await readFile(String(PRIVATE_KEY_PATH), 'utf8')));
  if (token === null)
    return [problem('PRIVATE_KEY is not an RSA key in PEM', 'paste the key that GitHub gave for the App')];
  const answer = await githubApi(world, token).get('/app');
  const found = z
    .object({ slug: z.string(), permissions: z.record(z.string(), z.string()) })
    .safeParse(answer);
  if (!found.success) return [problem('GitHub does not know this App', 'check APP_ID and GITHUB_API_URL')];
  return [ok(`App ${found.data.slug}`), ...(await missingPermissions(found.data.permissions))];
}

async function appToken(appId: string, pem: string): Promise<string | null> {
  try {
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
    const now = Math.floor(Date.now() / 1_000);
    return await new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(appId)
      .setIssuedAt(now - 30)
      .setExpirationTime(now + 300)
      .sign(key);
  } catch {
    return null; // its message could quote the key
  }
}

const levels = ['none', 'read', 'write', 'admin'];

/** Compares what was granted with the manifest. GitHub keeps old grants until an administrator accepts new ones. */
async function missingPermissions(granted: Readonly<Record<string, string>>): Promise<readonly Diagnosis[]> {
  const manifest = parse(await readFile(new URL('../../app.yml', import.meta.url), 'utf8')) as {
    default_permissions: Record<string, string>;
  };
  return Object.entries(manifest.default_permissions)
    .filter(([name, level]) => levels.indexOf(granted[name] ?? 'none') < levels.indexOf(level))
    .map(([name, level]) =>
      problem(
        `permission ${name}: expected ${level}, found ${granted[name] ?? 'none'}`,
        'change it in the settings of the App, and accept it in each installation',
      ),
    );
}

const rulesSchema = z.array(
  z.object({
    type: z.string(),
    parameters: z
      .object({
        required_status_checks: z
          .array(z.object({ context: z.string(), integration_id: z.number().nullish() }))
          .optional(),
      })
      .optional(),
  }),
);

/** GitHub Actions: a check pinned to it can be satisfied by any workflow, also one edited in the pull request. */
const githubActions = 15_368;

async function requiredChecks({ world, repository }: Patient): Promise<readonly Diagnosis[]> {
  if (repository === null) return [skipped('name a repository with --repo')];
  const api = githubApi(world, world.env.GITHUB_TOKEN);
  const about = z.object({ default_branch: z.string() }).safeParse(await api.get(`/repos/${repository}`));
  if (!about.success)
    return [problem(`${repository} cannot be seen`, 'set GITHUB_TOKEN to a token that may read it')];
  const branch = about.data.default_branch;
  const rules = rulesSchema.parse(
    (await api.get(`/repos/${repository}/rules/branches/${encodeURIComponent(branch)}`)) ?? [],
  );
  const required = [
    ...rules.flatMap(({ parameters }) => parameters?.required_status_checks ?? []),
    ...(await classicChecks(world, repository, branch)),
  ];
  return judgeChecks(required, Number(world.env.APP_ID) || null, branch);
}

/** Branch protection as it was before rulesets; only administrators may read it. */
async function classicChecks(world: CliWorld, repository: string, branch: string) {
  const path = `/repos/${repository}/branches/${encodeURIComponent(branch)}/protection/required_status_checks`;
  try {
    const answer = await githubApi(world, world.env.GITHUB_TOKEN).get(path);
    const found = z
      .object({ checks: z.array(z.object({ context: z.string(), app_id: z.number().nullish() })) })
      .safeParse(answer);
    return found.success
      ? found.data.checks.map(({ context, app_id }) => ({ context, integration_id: app_id }))
      : [];
  } catch (error) {
    if (error instanceof PermissionError) return [];
    throw error;
  }
}

/** Every required check is pinned to the Conductor, and every check of ours is required. */
export function judgeChecks(
  required: readonly { readonly context: string; readonly integration_id?: number | null | undefined }[],
  appId: number | null,
  branch: string,
): readonly Diagnosis[] {
  const ours: readonly string[] = Object.values(checkNameOf);
  const loose = required.flatMap(({ context, integration_id: id }) => {
    const pin = `pin it to the App (integration_id ${appId ?? 'of the Conductor'}) in the ruleset`;
    if (id === null || id === undefined || id < 0)
      return [problem(`${context} on ${branch} is not pinned: anybody with write access can set it`, pin)];
    if (!ours.includes(context)) return [];
    if (id === githubActions)
      return [
        problem(`${context} on ${branch} is pinned to GitHub Actions: any workflow can satisfy it`, pin),
      ];
    return appId !== null && id !== appId
      ? [problem(`${context} on ${branch} is pinned to app ${id}`, pin)]
      : [];
  });
  const missing = ours
    .filter((name) => !required.some(({ context }) => context === name))
    .map((name) =>
      problem(`${name} is not required on ${branch}`, 'add it to the required checks of a ruleset'),
    );
  const found = [...loose, ...missing];
  return found.length === 0 ? [ok(`all ${ours.length} are required on ${branch} and pinned`)] : found;
}
