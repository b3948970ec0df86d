import { isNotFound } from '../adapters/github/index.ts';
import type { OrganisationText } from '../core/config/organisation/effective.ts';
import { isOrganisation, organisationOf } from '../core/config/organisation/place.ts';
import { configPath } from '../core/config/path.ts';
import type { Forge } from '../core/ports/forge.ts';
import type { OrganisationSight } from '../core/ports/organisation-sight.ts';

/**
 * The config of the repository's organisation as it is now; null: it has none. One that was read before and cannot be
 * found now holds on as a problem, until a commit on top of the one it was read at is seen to have taken it away.
 *
 * @throws ProviderError, PermissionError: what could not be asked is not known.
 */
export async function readOrganisationText(forge: Forge): Promise<OrganisationText | null> {
  if (forge.organisation === undefined || isOrganisation(forge.repository)) return null;
  const home = await forge.organisation();
  return organisationText(organisationOf(forge.repository), home, forge.organisationSight);
}

/**
 * As `readOrganisationText`, of an organisation by the name of its repository.
 *
 * @param home that repository; null: the App is not installed there.
 */
export async function organisationText(
  place: string,
  home: Forge | null,
  sight: OrganisationSight | undefined,
): Promise<OrganisationText | null> {
  const before = (await sight?.lastCommit()) ?? null;
  const found = await lookAt(place, home, before);
  if (found.kind === 'lost') return before === null ? null : lost(place, found.why);
  if (found.kind === 'absent') {
    if (before !== null) await sight?.takenBack(before);
    return null;
  }
  if (found.commit !== before) await sight?.found(found.commit);
  return textOf(found.bytes, `${place}/${configPath}`);
}

type Look =
  | { readonly kind: 'found'; readonly commit: string; readonly bytes: Uint8Array }
  /** There is none, by a commit that says so. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'lost'; readonly why: string };

async function lookAt(place: string, home: Forge | null, before: string | null): Promise<Look> {
  if (home === null) return { kind: 'lost', why: 'the App is not installed there any more' };
  try {
    const { name, defaultBranch } = await home.whereabouts();
    if (name.toLowerCase() !== place.toLowerCase()) return { kind: 'lost', why: `it has become ${name}` };
    const head = await home.resolveRef(`heads/${defaultBranch}`);
    if (head === null) return { kind: 'lost', why: `its branch ${defaultBranch} is not there` };
    const bytes = await home.filesAt(head.commit).read(configPath);
    if (bytes !== null) return { kind: 'found', commit: head.commit, bytes };
    return before === null ? { kind: 'absent' } : await absence(home, before, head.commit);
  } catch (error) {
    if (before !== null && isNotFound(error))
      return { kind: 'lost', why: 'GitHub says that there is no such repository, or not for the App' };
    throw error;
  }
}

/** A file that is not found was taken away by a commit on top of the one it was seen at, or it is lost. */
async function absence(home: Forge, before: string, head: string): Promise<Look> {
  const [inItsPlace] = await home.filesAt(head).list([configPath, `${configPath}/**`]);
  if (inItsPlace !== undefined) return { kind: 'lost', why: `${configPath} is no plain file any more` };
  const isOnTop = await home.isAncestor(before, head).catch((error: unknown) => {
    if (isNotFound(error)) return false;
    throw error;
  });
  if (isOnTop) return { kind: 'absent' };
  const why = `it is not at ${head.slice(0, 12)}, which does not come after ${before.slice(0, 12)}, where it was read`;
  return { kind: 'lost', why };
}

function lost(place: string, why: string): OrganisationText {
  const problem = {
    message: `this config was read before and cannot be found now: ${why}`,
    help: `Let the App read it again, or write version: 1 there if ${place} is to ask for nothing any more`,
  };
  return { text: '', file: `${place}/${configPath}`, problem };
}

function textOf(bytes: Uint8Array, file: string): OrganisationText {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), file };
  } catch {
    const problem = { message: 'expected UTF-8 text', help: 'Save the file as UTF-8' };
    return { text: '', file, problem };
  }
}
