import type { Answer, Call } from './call.ts';
import type { Github } from './github.ts';
import type { World } from './world.ts';

/** The repository and the rest of a path below it. */
const named = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/;
const numbered = /^\/repositories\/(\d+)(\/.*)?$/;

/**
 * Where a request goes that names a repository by its number, which is where GitHub sends whoever asks for a former
 * name; null: it is not such a one, or there is no such repository.
 */
export function pathByNumber(path: string, world: World): string | null {
  const match = numbered.exec(path);
  const repository = world.repositories().find(({ id }) => id === Number(match?.[1]));
  return match === null || repository === undefined ? null : `${repository.path}${match[2] ?? ''}`;
}

/** GitHub's answer to a request for a former name that nobody else has now; null: it is none. */
export function redirectOf(method: string, path: string, query: string, github: Github): Answer | null {
  const match = named.exec(path);
  const id = match === null ? null : github.world.formerId(match[1] ?? '');
  if (id === null) return null;
  const url = `${github.url}/repositories/${id}${match?.[2] ?? ''}${query === '' ? '' : `?${query}`}`;
  const isRead = method === 'GET' || method === 'HEAD';
  return {
    status: isRead ? 301 : 307,
    body: { message: isRead ? 'Moved Permanently' : 'Temporary Redirect', url },
    headers: { location: url },
  };
}

/** Tells the App what an administrator changed: the name, or the default branch. */
export async function tellChanges(
  call: Call,
  before: { readonly name: string; readonly defaultBranch: string },
  repository: ReturnType<World['repository']>,
  github: Github,
): Promise<void> {
  const emit = (action: string, changes: object): Promise<void> =>
    github.events.emit(repository, {
      name: 'repository',
      payload: { action, changes },
      cause: call.who,
      on: null,
    });
  if (repository.name !== before.name) {
    await emit('renamed', { repository: { name: { from: before.name } } });
  }
  if (repository.defaultBranch !== before.defaultBranch) {
    await emit('edited', { default_branch: { from: before.defaultBranch } });
  }
}
