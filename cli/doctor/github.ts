import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { parse } from 'yaml';
import { z } from 'zod';
import { githubRules } from '../../adapters/node-io/branch-rules.ts';
import { checkNameOf } from '../../core/gate/names.ts';
import { problemsOfChecks } from '../../core/gate/required-checks.ts';
import type { BranchRules } from '../../core/ports/branch-rules.ts';
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

async function requiredChecks({ world, repository }: Patient): Promise<readonly Diagnosis[]> {
  if (repository === null) return [skipped('name a repository with --repo')];
  const read = await githubRules(world.env.GITHUB_TOKEN ?? '', world.env, world.fetch)(repository, null);
  if (read.state === 'unread')
    return [
      problem(`${repository} cannot be seen: ${read.reason}`, 'set GITHUB_TOKEN to a token that may read it'),
    ];
  return judgeChecks(read.rules, Number(world.env.APP_ID) || null);
}

/** Every required check is pinned to the Conductor, and every check of ours is required. */
export function judgeChecks(
  rules: Pick<BranchRules, 'branch' | 'requiredChecks'>,
  appId: number | null,
): readonly Diagnosis[] {
  const ours = Object.values(checkNameOf);
  const found = problemsOfChecks(rules, ours, appId).map(({ message, help }) => problem(message, help));
  return found.length === 0 ? [ok(`all ${ours.length} are required on ${rules.branch} and pinned`)] : found;
}
