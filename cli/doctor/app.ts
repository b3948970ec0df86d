import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CliWorld } from '../command.ts';
import { type GithubApi, githubApi } from '../github.ts';
import { type Diagnosis, ok, type Patient, problem, skipped } from './check.ts';

const appSchema = z.object({
  slug: z.string(),
  permissions: z.record(z.string(), z.string()),
  events: z.array(z.string()).optional(),
});
export type AppFound = z.infer<typeof appSchema>;

/** Requests as the App itself; null: APP_ID and PRIVATE_KEY are not set, or the key is none. */
export async function asApp(world: CliWorld): Promise<GithubApi | null> {
  const { APP_ID, PRIVATE_KEY, PRIVATE_KEY_PATH } = world.env;
  if (!hasCredentials(world)) return null;
  const pem = PRIVATE_KEY || (await readFile(String(PRIVATE_KEY_PATH), 'utf8'));
  const token = await appToken(String(APP_ID), pem);
  return token === null ? null : githubApi(world, token);
}

/** What GitHub says of the App; null when it cannot be asked. */
export async function readApp(world: CliWorld): Promise<AppFound | null> {
  const found = appSchema.safeParse(await (await asApp(world))?.get('/app'));
  return found.success ? found.data : null;
}

/** Its permissions and events, against the manifest. */
export async function appInOrder({ world }: Patient): Promise<readonly Diagnosis[]> {
  if (!hasCredentials(world)) return [skipped('APP_ID and PRIVATE_KEY are not set')];
  if ((await asApp(world)) === null)
    return [problem('PRIVATE_KEY is not an RSA key in PEM', 'paste the key that GitHub gave for the App')];
  const app = await readApp(world);
  if (app === null) return [problem('GitHub does not know this App', 'check APP_ID and GITHUB_API_URL')];
  const manifest = parse(await readFile(new URL('../../app.yml', import.meta.url), 'utf8')) as {
    default_permissions: Record<string, string>;
    default_events: string[];
  };
  return [
    ok(`App ${app.slug}`),
    ...missingPermissions(app.permissions, manifest.default_permissions),
    ...missingEvents(app.events, manifest.default_events),
  ];
}

const levels = ['none', 'read', 'write', 'admin'];

/** GitHub keeps old grants until an administrator accepts new ones. */
function missingPermissions(
  granted: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): readonly Diagnosis[] {
  return Object.entries(wanted)
    .filter(([name, level]) => levels.indexOf(granted[name] ?? 'none') < levels.indexOf(level))
    .map(([name, level]) =>
      problem(
        `permission ${name}: expected ${level}, found ${granted[name] ?? 'none'}`,
        'change it in the settings of the App, and accept it in each installation',
      ),
    );
}

function missingEvents(
  heard: readonly string[] | undefined,
  wanted: readonly string[],
): readonly Diagnosis[] {
  if (heard === undefined) return [skipped('GitHub did not say which events the App hears')];
  return wanted
    .filter((event) => !heard.includes(event))
    .map((event) =>
      problem(
        `the App does not hear of ${event}`,
        'tick it under "Subscribe to events" in the settings of the App',
      ),
    );
}

const deliveriesSchema = z.array(
  z.object({ delivered_at: z.string(), event: z.string(), status_code: z.int() }),
);
const day = 86_400_000;

/** Deliveries of the last day that nobody took: the newest hundred that GitHub lists. */
export async function webhookDeliveries({ world }: Patient): Promise<readonly Diagnosis[]> {
  const github = await asApp(world);
  if (github === null) return [skipped('APP_ID and PRIVATE_KEY are not set')];
  const listed = deliveriesSchema.safeParse(await github.get('/app/hook/deliveries?per_page=100'));
  if (!listed.success) return [skipped('GitHub lists no deliveries of this App')];
  const recent = listed.data.filter(({ delivered_at: at }) => Date.parse(at) >= Date.now() - day);
  const failed = recent.filter(({ status_code: status }) => status < 200 || status >= 300);
  if (failed.length === 0) return [ok(`none of the last ${recent.length} failed`)];
  const kinds = [...new Set(failed.map(({ event, status_code: status }) => `${event} (${status})`))];
  return [
    problem(
      `${failed.length} of ${recent.length} webhook deliveries of the last day failed: ${kinds.slice(0, 8).join(', ')}`,
      'check that the webhook address reaches the Conductor and WEBHOOK_SECRET is the same; it fetches them again by itself',
    ),
  ];
}

const limitSchema = z.object({
  resources: z.object({
    core: z.object({ limit: z.number().positive(), remaining: z.number(), reset: z.number() }),
  }),
});
/** Below this share of the hourly limit something uses it up. */
const headroom = 0.2;

/** What is left of the hourly limit of the App in the repository's organisation, else of GITHUB_TOKEN. */
export async function rateLimit({ world, repository }: Patient): Promise<readonly Diagnosis[]> {
  const token = (await installationToken(world, repository)) ?? world.env.GITHUB_TOKEN;
  if (!token) return [skipped('set GITHUB_TOKEN, or the App and --repo')];
  const found = limitSchema.safeParse(await githubApi(world, token).get('/rate_limit'));
  if (!found.success) return [skipped('GitHub does not tell its limit')];
  const { limit, remaining, reset } = found.data.resources.core;
  const words = `${remaining} of ${limit} requests are left until ${new Date(reset * 1_000).toISOString()}`;
  if (remaining >= limit * headroom) return [ok(words)];
  return [
    problem(words, 'find what else uses this installation or token; give the Conductor an App of its own'),
  ];
}

async function installationToken(world: CliWorld, repository: string | null): Promise<string | null> {
  const github = repository === null ? null : await asApp(world);
  if (github === null) return null;
  const installation = z
    .object({ id: z.number() })
    .safeParse(await github.get(`/repos/${repository}/installation`));
  if (!installation.success) return null;
  const answer = await github.post(`/app/installations/${installation.data.id}/access_tokens`, {});
  return z.object({ token: z.string() }).safeParse(answer).data?.token ?? null;
}

function hasCredentials({ env: { APP_ID, PRIVATE_KEY, PRIVATE_KEY_PATH } }: CliWorld): boolean {
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
