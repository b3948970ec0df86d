import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { parse } from 'yaml';
import { z } from 'zod';
import { type GithubApi, type GithubShell, githubApi } from '../../adapters/github/rest.ts';
import { type Diagnosis, ok, type Patient, problem, skipped, unknown } from './check.ts';

const grantsSchema = z.object({
  permissions: z.record(z.string(), z.string()),
  events: z.array(z.string()).optional(),
});
const appSchema = grantsSchema.extend({ slug: z.string() });
const installationSchema = grantsSchema.extend({ id: z.number(), suspended_at: z.string().nullish() });
export type Installation = z.infer<typeof installationSchema>;

export const noCredentials = skipped('APP_ID and PRIVATE_KEY are not set');

/** Requests as the App itself; null: APP_ID and PRIVATE_KEY are not set, or the key is none. */
export async function asApp(shell: GithubShell): Promise<GithubApi | null> {
  const { APP_ID, PRIVATE_KEY, PRIVATE_KEY_PATH } = shell.env;
  if (!hasCredentials(shell)) return null;
  const pem = PRIVATE_KEY || (await readFile(String(PRIVATE_KEY_PATH), 'utf8'));
  const token = await appToken(String(APP_ID), pem);
  return token === null ? null : githubApi(shell, token);
}

/** Its permissions and events, against the manifest. */
export async function appInOrder(patient: Patient): Promise<readonly Diagnosis[]> {
  if (!hasCredentials(patient)) return [noCredentials];
  const github = await asApp(patient);
  if (github === null)
    return [problem('PRIVATE_KEY is not an RSA key in PEM', 'paste the key that GitHub gave for the App')];
  const app = appSchema.safeParse(await github.get('/app'));
  if (!app.success) return [problem('GitHub does not know this App', 'check APP_ID and GITHUB_API_URL')];
  const wanted = await readManifest();
  const change = 'change it in the settings of the App, and accept it in each installation';
  return [
    ok(`App ${app.data.slug}`),
    ...missingPermissions(app.data.permissions, wanted.permissions, change),
    ...missingEvents(
      app.data.events,
      wanted.events,
      'tick it under "Subscribe to events" in the settings of the App',
    ),
  ];
}

/** What the organisation has granted: GitHub keeps old grants until an administrator accepts new ones. */
export async function installationInOrder(patient: Patient): Promise<readonly Diagnosis[]> {
  if (!hasCredentials(patient)) return [noCredentials];
  if (patient.repository === null) return [skipped('name a repository with --repo')];
  const found = await readInstallation(patient, `/repos/${patient.repository}/installation`);
  if (found === null) {
    return [
      problem(`the App is not installed on ${patient.repository}`, 'install it there, or add the repository'),
    ];
  }
  if (found.suspended_at != null)
    return [
      problem(`the installation is suspended since ${found.suspended_at}`, 'unsuspend it in its settings'),
    ];
  const wanted = await readManifest();
  const accept = `an owner accepts it at ${patient.repository.split('/')[0]} → Settings → GitHub Apps → Configure`;
  const missing = [
    ...missingPermissions(found.permissions, wanted.permissions, accept),
    ...missingEvents(found.events, wanted.events, accept),
  ];
  return missing.length === 0 ? [ok('everything that is asked for was granted')] : missing;
}

/** The installation at an address of the API; null: there is none. */
export async function readInstallation(shell: GithubShell, path: string): Promise<Installation | null> {
  const answer = (await (await asApp(shell))?.get(path)) ?? null;
  return answer === null ? null : installationSchema.parse(answer);
}

async function readManifest(): Promise<{
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}> {
  const text = await readFile(new URL('../../app.yml', import.meta.url), 'utf8');
  const manifest = parse(text) as { default_permissions: Record<string, string>; default_events: string[] };
  return { permissions: manifest.default_permissions, events: manifest.default_events };
}

const levels = ['none', 'read', 'write', 'admin'];

function missingPermissions(
  granted: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  help: string,
): readonly Diagnosis[] {
  return Object.entries(wanted)
    .filter(([name, level]) => levels.indexOf(granted[name] ?? 'none') < levels.indexOf(level))
    .map(([name, level]) =>
      problem(`permission ${name}: expected ${level}, found ${granted[name] ?? 'none'}`, help),
    );
}

function missingEvents(
  heard: readonly string[] | undefined,
  wanted: readonly string[],
  help: string,
): readonly Diagnosis[] {
  if (heard === undefined) return [unknown('GitHub did not say which events the App hears', help)];
  return wanted
    .filter((event) => !heard.includes(event))
    .map((event) => problem(`the App does not hear of ${event}`, help));
}

const deliverySchema = z.object({
  id: z.number(),
  guid: z.string(),
  delivered_at: z.string(),
  event: z.string(),
  status_code: z.int(),
});
const day = 86_400_000;

/** Deliveries of the last day that nobody took, also when they were sent again. */
export async function webhookDeliveries(patient: Patient): Promise<readonly Diagnosis[]> {
  const github = await asApp(patient);
  if (github === null) return [noCredentials];
  const listed = await readDeliveries(github, patient.now() - day);
  if (listed === null)
    return [unknown('GitHub lists no deliveries of this App', 'set the webhook of the App')];
  const taken = new Set(listed.filter(isTaken).map(({ guid }) => guid));
  const failed = [...new Map(listed.map((one) => [one.guid, one])).values()].filter(
    ({ guid }) => !taken.has(guid),
  );
  const count = new Set(listed.map(({ guid }) => guid)).size;
  if (count === 0) return [ok('there was none within a day')];
  if (failed.length === 0) return [ok(`each of the ${count} of the last day was taken`)];
  const kinds = [...new Set(failed.map(({ event, status_code: status }) => `${event} (${status})`))];
  return [
    problem(
      `${failed.length} of ${count} webhook deliveries of the last day failed: ${kinds.slice(0, 8).join(', ')}`,
      'check that the webhook address reaches the Conductor and WEBHOOK_SECRET is the same; it fetches them again by itself',
    ),
  ];
}

function isTaken({ status_code: status }: z.infer<typeof deliverySchema>): boolean {
  return status >= 200 && status < 300;
}

/** Newest first. */
async function readDeliveries(
  github: GithubApi,
  since: number,
): Promise<readonly z.infer<typeof deliverySchema>[] | null> {
  const isOlder = (one: unknown): boolean =>
    Date.parse((one as { delivered_at: string }).delivered_at) < since;
  const listed = await github.list('/app/hook/deliveries', { enough: (page) => page.some(isOlder) });
  return listed && z.array(deliverySchema).parse(listed.filter((one) => !isOlder(one)));
}

const limitSchema = z.object({
  resources: z.object({
    core: z.object({ limit: z.number().positive(), remaining: z.number(), reset: z.number() }),
  }),
});
/** Below this share of the hourly limit something uses it up. */
const headroom = 0.2;

/** What is left of the hourly limit of the App in the repository's organisation, else of GITHUB_TOKEN. */
export async function rateLimit(patient: Patient): Promise<readonly Diagnosis[]> {
  const token = (await tokenOfApp(patient)) ?? patient.token;
  if (token === '') return [skipped('set GITHUB_TOKEN, or the App and --repo')];
  const found = limitSchema.safeParse(await githubApi(patient, token).get('/rate_limit'));
  if (!found.success)
    return [unknown('GitHub does not tell its limit', 'ask the administrator of this GitHub')];
  const { limit, remaining, reset } = found.data.resources.core;
  const words = `${remaining} of ${limit} requests are left until ${new Date(reset * 1_000).toISOString()}`;
  if (remaining >= limit * headroom) return [ok(words)];
  return [
    problem(words, 'find what else uses this installation or token; give the Conductor an App of its own'),
  ];
}

async function tokenOfApp(patient: Patient): Promise<string | null> {
  if (patient.repository === null) return null;
  return installationToken(patient, `/repos/${patient.repository}/installation`);
}

/** A token of the App's installation there; null: it is not there, or nobody is the App. */
export async function installationToken(shell: GithubShell, path: string): Promise<string | null> {
  const github = await asApp(shell);
  const installation = github === null ? null : await readInstallation(shell, path);
  if (github === null || installation === null || installation.suspended_at != null) return null;
  const answer = await github.post(`/app/installations/${installation.id}/access_tokens`, {});
  return z.object({ token: z.string() }).safeParse(answer).data?.token ?? null;
}

export function hasCredentials({ env: { APP_ID, PRIVATE_KEY, PRIVATE_KEY_PATH } }: GithubShell): boolean {
  return Boolean(APP_ID && (PRIVATE_KEY || PRIVATE_KEY_PATH));
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
