import { createHash } from 'node:crypto';
import {
  checkOrganisationConfig,
  type EffectiveConfig,
  effectiveConfig,
  type OrganisationText,
} from '../core/config/organisation/effective.ts';
import { isOrganisation } from '../core/config/organisation/place.ts';
import { configPath } from '../core/config/path.ts';
import { formatProblem } from '../core/config/problem.ts';
import type { Config } from '../core/config/schema.ts';
import { ConfigError } from '../core/errors.ts';
import type { Forge } from '../core/ports/forge.ts';

/**
 * The config that holds at a commit: the repository's own over that of its organisation as it is now, nowhere weaker.
 * Null: the repository has none, and the organisation's alone makes nothing happen.
 *
 * @throws ProviderError, PermissionError: an organisation that cannot be read is not taken for one without a config.
 */
export async function readEffectiveConfig(sha: string, forge: Forge): Promise<EffectiveConfig | null> {
  const bytes = await forge.filesAt(sha).read(configPath);
  if (bytes === null) return null;
  const text = new TextDecoder().decode(bytes);
  if (isOrganisation(forge.repository)) {
    const checked = checkOrganisationConfig(text);
    return checked.ok ? { ...checked, weaker: [] } : checked;
  }
  return effectiveConfig(text, await readOrganisationText(forge));
}

/** Digest of a config that was read, also where it cannot be taken: then of its own text. Null: there is none. */
export async function digestOfConfig(
  found: EffectiveConfig | null,
  sha: string,
  forge: Forge,
): Promise<string | null> {
  if (found?.ok === true) return found.sha256;
  const bytes = found === null ? null : await forge.filesAt(sha).read(configPath);
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
}

/** As `readEffectiveConfig`, on the default branch of now. */
export async function readConfigInForce(forge: Forge): Promise<EffectiveConfig | null> {
  const head = await forge.resolveRef(`heads/${await forge.defaultBranch()}`);
  return head === null ? null : readEffectiveConfig(head.commit, forge);
}

/** The config, where the caller can do nothing with problems but pass them on. */
export function orThrow(found: EffectiveConfig): { readonly config: Config; readonly sha256: string } {
  if (found.ok) return found;
  const words = found.problems.map(formatProblem).join('\n');
  throw new ConfigError('CONFIG_INVALID', words, 'Correct this in the file that is named.');
}

/** The config of the repository's organisation as it is now; null: there is none, or the App is not there. */
export async function readOrganisationText(forge: Forge): Promise<OrganisationText | null> {
  const organisation = (await forge.organisation?.()) ?? null;
  return organisation && readTextOf(organisation);
}

/** The config of the organisation whose repository this is; null: there is none in it. */
export async function readTextOf(organisation: Forge): Promise<OrganisationText | null> {
  const head = await organisation.resolveRef(`heads/${await organisation.defaultBranch()}`);
  const bytes = head === null ? null : await organisation.filesAt(head.commit).read(configPath);
  if (bytes === null) return null;
  return { text: new TextDecoder().decode(bytes), file: `${organisation.repository}/${configPath}` };
}
