import type { Context } from 'hono';
import type { Forge } from '../../../core/ports/forge.ts';

/** Who looks at pages, and what they may see. */
export interface Viewer {
  readonly mayRead: (repository: string) => Promise<boolean>;
}

/** On this machine, or where everything was made public. */
export const everybody: Viewer = { mayRead: async () => true };
export const nobody: Viewer = { mayRead: async () => false };

/** How long a right that was seen is believed, ms. */
const believed = 60_000;
const mostRemembered = 10_000;

/** People see what they can read on GitHub. Whatever cannot be asked is not seen. */
export function readersOf(
  forgeFor: (repository: string) => Promise<Forge>,
  now: () => number,
): (login: string) => Viewer {
  const seen = new Map<string, { readonly until: number; readonly may: Promise<boolean> }>();
  const ask = async (login: string, repository: string): Promise<boolean> =>
    (await (await forgeFor(repository)).readRole(login)) !== null;
  return (login) => ({
    mayRead: async (repository) => {
      const key = `${login}\n${repository}`;
      const known = seen.get(key);
      if (known !== undefined && known.until > now()) return known.may;
      if (seen.size >= mostRemembered) seen.clear();
      const may = ask(login, repository).catch(() => {
        seen.delete(key);
        return false;
      });
      seen.set(key, { until: now() + believed, may });
      return may;
    },
  });
}

/** Handed from the door to the pages. A page that nobody let anybody through to shows nothing. */
export interface ViewerBindings {
  readonly viewer?: Viewer;
}

export function viewerOf(context: Context): Viewer {
  return (context.env as ViewerBindings | undefined)?.viewer ?? nobody;
}

/** What of a list this viewer may see, in order. */
export async function readable<Item>(
  viewer: Viewer,
  items: readonly Item[],
  repositoryOf: (item: Item) => string,
): Promise<readonly Item[]> {
  const may = await Promise.all(items.map((item) => viewer.mayRead(repositoryOf(item))));
  return items.filter((_item, index) => may[index]);
}
