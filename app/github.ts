import type { Logger } from 'pino';
import { createProbot, type Probot, ProbotOctokit } from 'probot';
import {
  githubForge,
  isNotFound,
  type OctokitRequest,
  patientRequests,
  requestClock,
  translateError,
} from '../adapters/github/index.ts';
import {
  installationOf,
  type Sql,
  storedOrganisationSight,
  storedPauses,
} from '../adapters/postgres/index.ts';
import { organisationOf } from '../core/config/organisation/place.ts';
import { ConfigError, PermissionError } from '../core/errors.ts';
import type { Forge } from '../core/ports/forge.ts';
import type { Clock } from '../core/ports/system.ts';

/** GitHub as the App sees it. */
export interface GithubAccess {
  /** Requests as the App itself (JWT), for `/app/…`. */
  readonly asApp: () => Promise<OctokitRequest>;
  /** Requests as one installation. */
  readonly asInstallation: (installationId: number) => Promise<OctokitRequest>;
  /** The port bound to one repository. The installation is looked up when it is not given. */
  forgeFor(repository: string, installationId: number | null): Promise<Forge>;
}

/** The outbox decides when to try again; a client that waits by itself would hold its locks meanwhile. */
const PatientOctokit = ProbotOctokit.defaults((options: { throttle?: object; retry?: object }) => ({
  ...options,
  throttle: { ...options.throttle, enabled: false },
  retry: { ...options.retry, enabled: false },
}));

/**
 * Connects Probot's App authentication to the forge port.
 *
 * @throws ConfigError when the private key is none.
 */
export async function connectGithub(options: {
  readonly env: NodeJS.ProcessEnv;
  readonly appId: number;
  readonly apiUrl: string;
  readonly logger: Logger;
  readonly store: Sql;
  readonly clock: Clock;
}): Promise<GithubAccess> {
  const clock = requestClock(options.clock);
  const probot = await startProbot(options);
  let slug: Promise<string> | undefined;
  const forges = new Map<string, Promise<Forge>>();

  // GitHub counts the App's own requests and those of each installation apart: so does who has to wait,
  // and every replica asks the store before it asks GitHub.
  const patient = new Map<number | 'app', OctokitRequest>();
  const authenticated = async (who: number | 'app'): Promise<OctokitRequest> => {
    const known = patient.get(who);
    if (known !== undefined) return known;
    const octokit = (await (who === 'app' ? probot.auth() : probot.auth(who))) as OctokitRequest;
    const made = patient.get(who) ?? patientRequests(octokit, clock, storedPauses(options.store, who));
    patient.set(who, made);
    return made;
  };
  const asApp = (): Promise<OctokitRequest> => authenticated('app');
  const asInstallation = (id: number): Promise<OctokitRequest> => authenticated(id);

  /** What GitHub says to the App itself, its failures in our words: a gateway's is no refusal. */
  const ask = async (route: string, parameters: Record<string, unknown> = {}): Promise<unknown> => {
    const octokit = await asApp();
    try {
      return (await octokit.request(route, parameters)).data;
    } catch (error) {
      throw translateError(error, route, clock.now());
    }
  };

  const appSlug = async (): Promise<string> => String(((await ask('GET /app')) as { slug: unknown }).slug);

  const make = async (repository: string, installationId: number): Promise<Forge> => {
    slug ??= appSlug();
    slug.catch(() => {
      slug = undefined;
    });
    const octokit = await asInstallation(installationId);
    const forge = githubForge({ octokit, repository, appSlug: await slug, clock });
    const organisationSight = storedOrganisationSight(options.store, organisationOf(repository));
    return { ...forge, organisationSight, organisation: () => organisationForge(repository) };
  };

  /** Until when we need not ask again whether the App is on the repository of an owner: most have none. */
  const absent = new Map<string, number>();
  const organisationForge = async (repository: string): Promise<Forge | null> => {
    const name = organisationOf(repository);
    const isKnown = (await installationOf(options.store, name)) !== null;
    if (name === repository || (!isKnown && (absent.get(name) ?? 0) > options.clock.now())) return null;
    try {
      return await forgeFor(name, null);
    } catch (error) {
      if (!isNotInstalled(error)) throw error;
      absent.set(name, options.clock.now() + 60_000);
      return null;
    }
  };

  const findInstallation = async (repository: string): Promise<number> => {
    const known = await installationOf(options.store, repository);
    if (known !== null) return known;
    const [owner, repo] = repository.split('/');
    const found = ask('GET /repos/{owner}/{repo}/installation', { owner, repo }).catch((error: unknown) => {
      throw isNotFound(error) ? notInstalled(repository) : error;
    });
    return ((await found) as { id: number }).id;
  };

  const forgeFor: GithubAccess['forgeFor'] = async (repository, installationId) => {
    const id = installationId ?? (await findInstallation(repository));
    const key = `${repository}#${id}`;
    const forge = forges.get(key) ?? make(repository, id);
    forges.set(key, forge);
    forge.catch(() => forges.delete(key));
    return forge;
  };
  return { asApp, asInstallation, forgeFor };
}

async function startProbot(options: {
  readonly env: NodeJS.ProcessEnv;
  readonly appId: number;
  readonly apiUrl: string;
  readonly logger: Logger;
}): Promise<Probot> {
  try {
    const probot = createProbot({
      env: options.env,
      overrides: {
        appId: options.appId,
        baseUrl: options.apiUrl,
        Octokit: PatientOctokit,
        log: options.logger as never,
      },
    });
    return await probot.ready();
  } catch (cause) {
    throw new ConfigError(
      'PRIVATE_KEY_INVALID',
      `PRIVATE_KEY cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Set PRIVATE_KEY to the PEM text of the App's private key (or its base64), or PRIVATE_KEY_PATH to its file.",
      { cause },
    );
  }
}

/** GitHub said so, and did not merely fail to answer. */
export function isNotInstalled(error: unknown): boolean {
  return error instanceof PermissionError && error.code === 'NOT_INSTALLED';
}

function notInstalled(repository: string): PermissionError {
  return new PermissionError(
    'NOT_INSTALLED',
    `The App is not installed on ${repository}`,
    'Install it there, or add the repository to its installation.',
  );
}
