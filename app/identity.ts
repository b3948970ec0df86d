import { translateError } from '../adapters/github/index.ts';
import type { OidcVerifier } from '../adapters/oidc/verifier.ts';
import type { Queue } from '../adapters/pg-boss/index.ts';
import {
  adoptRepository,
  type Database,
  type KnownRepository,
  removeRepository,
  renameRepository,
  repositoryAt,
  repositoryById,
  wakeEffects,
} from '../adapters/postgres/index.ts';
import { ConflictError, PermissionError, ProviderError } from '../core/errors.ts';
import type { Log } from '../core/ports/system.ts';
import { effectQueue } from './flow/apply.ts';
import { outOfReachCode } from './flow/retry.ts';
import type { GithubAccess } from './github.ts';

/** A repository as somebody spoke of it: a webhook, a job's token, GitHub's list of an installation. */
export interface Told {
  /** GitHub's number of it, which stays. */
  readonly id: number;
  /** The name that it had for whoever spoke, perhaps some time ago. */
  readonly repository: string;
  readonly installationId: number;
  /** It has this name now: GitHub was just asked. */
  readonly isCurrent?: boolean;
}

/** Who is who when names change. */
export interface Identity {
  /** The name of today of the repository that was spoken of. What is kept is moved to it first. */
  settle(told: Told): Promise<string>;
  /**
   * Makes sure that a name still means the repository whose state is kept under it. GitHub is asked once a minute.
   *
   * @throws ConflictError when it does not: what was decided is decided again.
   * @throws PermissionError `OUT_OF_REACH` when GitHub does not show it any more.
   */
  assure(repository: string): Promise<void>;
  /**
   * Makes sure that a job speaks for the repository that is kept under the name in its token: a new repository may have
   * the name of another one before any webhook told of it.
   *
   * @throws ConflictError when it has another name by now.
   */
  confirm(job: { readonly repository: string; readonly repository_id?: number | undefined }): Promise<void>;
  /**
   * Makes sure that something can be done for a repository. Nothing is asked of GitHub but by `anew`: after a refusal,
   * to learn whether the App is there at all.
   *
   * @throws PermissionError `OUT_OF_REACH`: it waits for the App to come back.
   */
  reach(repository: string, anew?: 'anew'): Promise<void>;
}

export interface IdentityPorts {
  readonly database: Database;
  readonly queue: Queue;
  readonly github: Pick<GithubAccess, 'asInstallation'>;
  readonly now: () => number;
  readonly log: Log;
}

/** How long an answer of GitHub is believed, ms. */
const believedFor = 60_000;

export function repositoryIdentity(ports: IdentityPorts): Identity {
  const assured = new Map<string, number>();
  const settle = async (told: Told): Promise<string> => {
    const known = await repositoryById(ports.database, told.id);
    if (known !== null && isAsTold(known, told)) return told.repository;
    // Of what nobody knew, under a name that nobody has, nothing is at stake: `assure` asks before work is done for it.
    const isNew = known === null && (await repositoryAt(ports.database, told.repository)) === null;
    const name = told.isCurrent === true || isNew ? told.repository : await whereIs(told, ports);
    if (name === null) throw outOfReach(told.repository, told.id);
    await vacate(name, told.id, ports);
    if (known !== null && known.repository !== name) {
      assured.delete(known.repository);
      await move(known.repository, { id: told.id, to: name, reason: `GitHub calls it ${name} now` }, ports);
    }
    const { database, now } = ports;
    const adopted = await database.transaction((tx) =>
      adoptRepository(tx, { ...told, repository: name }, now()),
    );
    if (!adopted) throw movedMeanwhile(name);
    if (known?.installed === false) await resume(name, ports);
    return name;
  };

  const assure = async (repository: string): Promise<void> => {
    if ((assured.get(repository) ?? 0) > ports.now()) return;
    const known = await repositoryAt(ports.database, repository);
    if (known === null || known.id === null || !known.installed) return;
    const name = await whereIs(known, ports);
    if (name === repository) {
      assured.set(repository, ports.now() + believedFor);
      return;
    }
    assured.delete(repository);
    if (name === null) return lose(known);
    await settle({ ...known, id: known.id, repository: name, isCurrent: true });
    throw movedMeanwhile(repository);
  };

  const reach: Identity['reach'] = async (repository, anew) => {
    const known = await repositoryAt(ports.database, repository);
    if (known === null) return;
    if (!known.installed) throw outOfReach(repository, known.id);
    if (anew === undefined || known.id === null) return;
    if ((await whereIs(known, ports)) === null) await lose(known);
  };

  /** Nobody told that the App was taken away, or its owner suspended it: GitHub's refusal says so. */
  const lose = async (known: KnownRepository): Promise<never> => {
    assured.delete(known.repository);
    await removeRepository(ports.database, { repository: known.repository, id: known.id ?? 0 }, ports.now());
    ports.log.warn({ repository: known.repository }, 'The App does not reach a repository any more');
    throw outOfReach(known.repository, known.id);
  };

  const confirm: Identity['confirm'] = async ({ repository, repository_id: id }) => {
    if (id === undefined) return;
    const at = await repositoryAt(ports.database, repository);
    if (at?.id === id) return;
    const known = (await repositoryById(ports.database, id)) ?? at;
    if (known === null) return;
    const { installationId } = known;
    if ((await settle({ id, repository, installationId })) !== repository) throw movedMeanwhile(repository);
  };
  return { settle, assure, confirm, reach };
}

/** Whoever spoke may have spoken long ago: where that differs from what is known, GitHub is asked. */
function isAsTold(known: KnownRepository, { repository, installationId }: Told): boolean {
  return known.installed && known.repository === repository && known.installationId === installationId;
}

/**
 * What GitHub calls it now; null: the installation does not see it any more. Whoever asks for a former name is sent on,
 * as long as nobody else has it; then the number alone leads there.
 */
async function whereIs(
  { id, repository, installationId }: Pick<KnownRepository, 'id' | 'repository' | 'installationId'>,
  { github, now }: IdentityPorts,
): Promise<string | null> {
  const [owner, repo] = repository.split('/');
  for (const [route, parameters] of [
    ['GET /repos/{owner}/{repo}', { owner, repo }],
    ['GET /repositories/{repository_id}', { repository_id: id }],
  ] as const) {
    try {
      const { data } = await (await github.asInstallation(installationId)).request(route, parameters);
      const found = data as { readonly id: unknown; readonly full_name: unknown };
      if (found.id === id) return String(found.full_name);
    } catch (error) {
      const said = translateError(error, route, now());
      if (said instanceof ProviderError) throw said;
      // Refused, suspended or gone.
    }
  }
  return null;
}

/** Moves whoever had the name before: to their own name of today, or aside, where nobody will ever be. */
async function vacate(name: string, id: number, ports: IdentityPorts): Promise<void> {
  const occupant = await repositoryAt(ports.database, name);
  if (occupant === null || occupant.id === null || occupant.id === id) return;
  const aside = `${name.slice(0, 100)}.gone-${occupant.id}`;
  const found = await whereIs(occupant, ports);
  if (found === name) throw movedMeanwhile(name); // GitHub has not made up its mind
  const isFree = found !== null && (await repositoryAt(ports.database, found)) === null;
  const reason = `the name ${name} belongs to another repository (${id}) now`;
  await move(name, { id: occupant.id, to: isFree ? found : aside, reason }, ports);
}

async function move(
  from: string,
  { id, to, reason }: { readonly id: number; readonly to: string; readonly reason: string },
  { database, queue, now, log }: IdentityPorts,
): Promise<void> {
  const moved = await database.transaction(async (tx) => {
    const waiting = await renameRepository(tx, { id, from, to, reason }, now());
    const jobs = (waiting ?? []).map(({ key, notBefore }) => ({ key, data: { key }, notBefore }));
    await queue.send(tx, effectQueue, jobs);
    return waiting;
  });
  if (moved !== null) log.info({ from, to, repositoryId: id }, 'A repository has another name');
}

/** What waited for the App to come back is tried at once. */
async function resume(repository: string, { database, queue, now }: IdentityPorts): Promise<void> {
  await database.transaction(async (tx) => {
    const keys = await wakeEffects(tx, repository, now());
    const jobs = keys.map((key) => ({ key, data: { key } }));
    await queue.send(tx, effectQueue, jobs);
  });
}

function movedMeanwhile(repository: string): ConflictError {
  return new ConflictError(
    'REPOSITORY_RENAMED',
    `${repository} has got another name, or another repository has got this one`,
    'Nothing to do: what was decided for it goes on under its new name. A request is made again under that name.',
  );
}

function outOfReach(repository: string, id: number | null): PermissionError {
  return new PermissionError(
    outOfReachCode,
    `The App does not reach ${repository}${id === null ? '' : ` (${id})`}`,
    'Install the App there, or end its suspension; what waits is done then. Or it was deleted, or transferred to where the App is not.',
  );
}

/** Tokens of jobs whose repository is the one that is known under its name. */
export function confirmedTokens(verifier: OidcVerifier, { confirm }: Identity): OidcVerifier {
  return {
    verify: async (token, now) => {
      const claims = await verifier.verify(token, now);
      await confirm(claims);
      return claims;
    },
  };
}

/** GitHub as the App sees it, where no name is used that may mean another repository than it did. */
export function withIdentity(github: GithubAccess, { assure }: Identity): GithubAccess {
  return {
    ...github,
    forgeFor: async (repository, installationId) => {
      await assure(repository);
      return github.forgeFor(repository, installationId);
    },
  };
}
