import { newestPassedDrill } from '../../core/release/clauses.ts';
import type { EffectContext } from './performer.ts';
import { unlessItFails } from './unless-it-fails.ts';

/** Files are named by date, so the last ones are the newest. */
const maxDrills = 20;

/** What the default branch says of recovery drills: a drill after the tag counts too. */
export interface Drills {
  readonly files: number;
  /** End of the newest passed one, ms since the epoch; null: none has passed. */
  readonly newest: number | null;
}

/** Null when the drills could not be read. */
export function readDrills(glob: string, { forge }: EffectContext): Promise<Drills | null> {
  return unlessItFails(async () => {
    const head = await forge.resolveRef(`heads/${await forge.defaultBranch()}`);
    if (head === null) return null;
    const files = forge.filesAt(head.commit);
    const paths = (await files.list([glob])).slice(-maxDrills);
    const texts = await Promise.all(paths.map(async (path) => decode(await files.read(path))));
    return { files: paths.length, newest: newestPassedDrill(texts) };
  });
}

function decode(bytes: Uint8Array | null): string {
  return bytes === null ? '' : new TextDecoder().decode(bytes);
}
