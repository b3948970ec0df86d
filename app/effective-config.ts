import { createHash } from 'node:crypto';
import {
  checkOrganisationConfig,
  type EffectiveConfig,
  effectiveConfig,
} from '../core/config/organisation/effective.ts';
import { isOrganisation } from '../core/config/organisation/place.ts';
import { configPath } from '../core/config/path.ts';
import { formatProblem } from '../core/config/problem.ts';
import type { Config } from '../core/config/schema.ts';
import { ConfigError } from '../core/errors.ts';
import type { Forge } from '../core/ports/forge.ts';
import { readOrganisationText } from './organisation-config.ts';

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
