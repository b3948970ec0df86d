import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { throwawayDatabases } from '../adapters/embedded-postgres/index.ts';
import type { Log } from '../core/ports/system.ts';
import type { GithubClient } from './client.ts';
import {
  firstVersion,
  flagsFile,
  installFirstVersion,
  peopleOf,
  readVariants,
  repository,
  requirePinnedChecks,
  startOrganisation,
} from './company.ts';
import { ConductorProcess } from './conductor-process.ts';
import type { LocalGithub } from './github/index.ts';
import { type Load, startLoad } from './load/index.ts';
import { type Platform, startPlatform } from './platform/index.ts';
import { type Runner, startRunner } from './runner/index.ts';
import type { Variant } from './seed/organisation.ts';

const bundleDirectory = fileURLToPath(new URL('..', import.meta.url));
/** Requests a second that clients send to each environment. */
const rates = { stage: 50, production: 200 } as const;

export interface WorldOptions {
  /** Where the Conductor's data, its log and the downloaded evidence go. */
  readonly directory: string;
  readonly simulate: boolean;
  readonly log: Log;
}

/**
 * The whole company on one machine: GitHub with the repository `acme/shop`, its workflow runner, the platform
 * that runs the shop's versions under load, and the Conductor as a process of its own.
 */
export class World {
  readonly repository = repository;
  readonly directory: string;
  readonly github: LocalGithub;
  readonly platform: Platform;
  readonly runner: Runner;
  readonly conductor: ConductorProcess;
  readonly loads: readonly Load[];
  readonly developer: GithubClient;
  readonly lead: GithubClient;
  private readonly variantFiles: ReadonlyMap<Variant, ReadonlyMap<string, string>>;
  private readonly closing: readonly (() => Promise<unknown>)[];
  private versions: readonly string[] = [firstVersion];
  private tagged = firstVersion;

  private constructor(parts: WorldParts) {
    this.directory = parts.directory;
    this.github = parts.github;
    this.platform = parts.platform;
    this.runner = parts.runner;
    this.conductor = parts.conductor;
    this.loads = parts.loads;
    this.developer = parts.developer;
    this.lead = parts.lead;
    this.variantFiles = parts.variantFiles;
    this.closing = parts.closing;
  }

  static async start(options: WorldOptions): Promise<World> {
    return new World(await startParts(options));
  }

  /** The version that production runs, as far as the scenarios have released. */
  current(): string {
    return this.versions.at(-1) ?? firstVersion;
  }

  /** The next minor version; each call names a new one. */
  nextVersion(): string {
    const [major, minor] = this.tagged.slice(1).split('.').map(Number);
    this.tagged = `v${major}.${(minor ?? 0) + 1}.0`;
    return this.tagged;
  }

  released(version: string): void {
    this.versions = [...this.versions, version];
  }

  /** Files of a change that the scenarios push. */
  variant(name: Variant): ReadonlyMap<string, string> {
    return this.variantFiles.get(name) ?? new Map();
  }

  /** Ends every process and removes what only ran; `directory` stays. */
  async close(): Promise<void> {
    await Promise.all(this.loads.map((load) => load.stop()));
    for (const close of this.closing) await close();
  }
}

interface WorldParts {
  readonly directory: string;
  readonly github: LocalGithub;
  readonly platform: Platform;
  readonly runner: Runner;
  readonly conductor: ConductorProcess;
  readonly loads: readonly Load[];
  readonly developer: GithubClient;
  readonly lead: GithubClient;
  readonly variantFiles: ReadonlyMap<Variant, ReadonlyMap<string, string>>;
  readonly closing: readonly (() => Promise<unknown>)[];
}

async function startParts({ directory, simulate, log }: WorldOptions): Promise<WorldParts> {
  await mkdir(directory, { recursive: true });
  const databases = throwawayDatabases({ log });
  let readFlags = async (): Promise<string> => '{"flags":{}}';
  const [platform, dryRun] = await Promise.all([
    startPlatform({ log, flags: () => readFlags() }),
    databases.create(),
  ]);
  const variables = { platformUrl: platform.url, productionUrl: platform.environmentUrl('production') };
  const github = await startOrganisation(variables);
  const [developer, lead] = peopleOf(github);
  await installFirstVersion(github, platform, lead, directory);
  readFlags = () => lead.read(flagsFile.path, flagsFile.branch);
  const conductor = await ConductorProcess.prepare(
    environmentOf(github, platform, directory, simulate),
    join(directory, 'conductor.log'),
  );
  const runner = startRunner({
    github,
    bundleDirectory,
    log,
    settings: () => ({
      variables: {
        CONDUCTOR_URL: conductor.url,
        PLATFORM_URL: platform.url,
        ENVIRONMENT_URL: platform.environmentUrl('production'),
        PREVIEW_URL: platform.url,
      },
      secrets: {
        PLATFORM_TOKEN: platform.deployToken,
        PREVIEW_TOKEN: platform.deployToken,
        PREVIEW_FORK_TOKEN: platform.deployToken,
        DRY_RUN_DATABASE_URL: dryRun.url,
      },
    }),
  });
  github.setWebhookUrl(`${conductor.url}/api/github/webhooks`);
  await conductor.start();
  await github.announceInstallation();
  await requirePinnedChecks(lead, github.app.appId);
  const loads = Object.entries(rates).map(([environment, rate]) =>
    startLoad({ url: platform.environmentUrl(environment), rate }),
  );
  const closing = [
    () => runner.close(),
    () => conductor.stop(),
    () => platform.close(),
    () => github.close(),
    () => dryRun.close(),
    () => databases.close(),
  ];
  return {
    directory,
    github,
    platform,
    runner,
    conductor,
    loads,
    developer,
    lead,
    variantFiles: await readVariants(variables),
    closing,
  };
}

function environmentOf(
  github: LocalGithub,
  platform: Platform,
  directory: string,
  simulate: boolean,
): Record<string, string> {
  return {
    APP_ID: String(github.app.appId),
    PRIVATE_KEY: github.app.privateKeyPem,
    WEBHOOK_SECRET: github.app.webhookSecret,
    GITHUB_CLIENT_ID: github.app.clientId,
    GITHUB_CLIENT_SECRET: github.app.clientSecret,
    GITHUB_API_URL: github.apiUrl,
    OIDC_ISSUER: github.oidcIssuer,
    DATA_DIR: join(directory, 'conductor'),
    ALLOWED_HOSTS: new URL(platform.url).host,
    LOG_LEVEL: 'info',
    SIMULATE: String(simulate),
  };
}
