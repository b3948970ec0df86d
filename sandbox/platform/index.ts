import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { InputError } from '../../core/errors.ts';
import type { Log } from '../../core/ports/system.ts';
import type { SandboxPlatform } from '../contract.ts';
import { createApi } from './api.ts';
import { Environment } from './environment.ts';
import { serveFlags } from './flags.ts';
import { History } from './history.ts';
import { closeServer, type Listening, listen } from './listening.ts';
import { type PreviewDescription, Previews } from './previews.ts';
import { createProxy } from './proxy.ts';
import type { Weights } from './weights.ts';

const environmentNames = ['stage', 'production'] as const;

export interface PlatformOptions {
  /** A Postgres in which each environment has a schema, migrated before a version starts; the service's `DATABASE_URL`. */
  readonly databaseUrl?: string;
  /** Definitions of the feature flags, in flagd's format, as they are at this moment; without it there are none. */
  readonly flags?: () => Promise<string>;
  readonly log: Log;
}

export interface Platform extends SandboxPlatform {
  /** Bearer of the API: what the repository keeps as a secret. */
  readonly deployToken: string;
  /** Runs a version without a pipeline, as the state from which a rehearsal starts. */
  install(input: {
    readonly environment: string;
    readonly version: string;
    readonly sha: string;
    readonly directory: string;
    readonly weights: Weights;
  }): Promise<void>;
  /** Previews that stand, by name (`pr-7`). */
  previews(): ReadonlyMap<string, PreviewDescription>;
  /** Kills the process of a version, as a fault would. */
  crash(environment: string, version: string): void;
}

/** Starts the stand-in for a cluster: an API, and one weighted proxy for each environment, all on loopback. */
export async function startPlatform({ databaseUrl, flags, log }: PlatformOptions): Promise<Platform> {
  const root = await mkdtemp(join(tmpdir(), 'sandbox-platform-'));
  const environments = new Map(
    environmentNames.map((name) => [name as string, new Environment(name, join(root, name), databaseUrl)]),
  );
  const previews = new Previews(join(root, 'previews'));
  const deployToken = randomBytes(24).toString('base64url');
  const history = new History([...environments.values()]);
  const routes = createApi(environments, previews, deployToken);
  history.serve(routes);
  serveFlags(routes, flags ?? (async () => '{"flags":{}}'));
  const api = await listen(createServer(getRequestListener(routes.fetch)));
  const proxies = new Map<string, Listening>();
  for (const [name, environment] of environments) proxies.set(name, await listen(createProxy(environment)));
  const find = <T>(map: ReadonlyMap<string, T>, name: string): T => {
    const found = map.get(name);
    if (found !== undefined) return found;
    const help = `name one of ${environmentNames.join(', ')}`;
    throw new InputError('ENVIRONMENT_UNKNOWN', `there is no environment "${name}"`, help);
  };
  log.info({ url: api.url }, 'platform listens');
  return {
    url: api.url,
    deployToken,
    environmentUrl: (name) => find(proxies, name).url,
    counters: (name) => structuredClone(find(environments, name).counters),
    weights: (name) => find(environments, name).weights,
    previews: () =>
      new Map(
        previews.names().flatMap((name) => {
          const found = previews.describe(name);
          return found === null ? [] : [[name, found] as const];
        }),
      ),
    async install({ environment, version, sha, directory, weights }) {
      await find(environments, environment).install(version, sha, directory);
      find(environments, environment).setWeights(weights, null);
    },
    crash(environment, version) {
      find(environments, environment)
        .instances.find((instance) => instance.version === version)
        ?.crash();
    },
    async close() {
      history.close();
      await Promise.all([api, ...proxies.values()].map(({ server }) => closeServer(server)));
      await Promise.all([...environments.values(), previews].map((one) => one.close()));
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
