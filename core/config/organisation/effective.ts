import { createHash } from 'node:crypto';
import { type Checked, checkDocument } from '../check.ts';
import { parsePositioned } from '../document.ts';
import { checkConfig, problemsOf } from '../parse.ts';
import { configPath } from '../path.ts';
import { type Config, configSchema } from '../schema.ts';
import { checkEffective, type Effective, type OrganisationText } from './check.ts';
import { type Fields, isFields } from './strictness.ts';

export type { Effective, OrganisationText } from './check.ts';
export type EffectiveConfig = Effective<Config>;

/**
 * The config that holds in a repository: its own over that of its organisation, nowhere weaker. Never throws.
 *
 * @param organisation null: it has none.
 */
export function effectiveConfig(
  text: string,
  organisation: OrganisationText | null,
  file: string = configPath,
): EffectiveConfig {
  if (organisation !== null) return checkEffective(configSchema, problemsOf, { text, file }, organisation);
  const checked = checkConfig(text, file);
  return checked.ok ? { ...checked, weaker: [] } : checked;
}

/**
 * The organisation's own config, in the repository it lies in. It may say how to release without saying of which
 * metrics: it then speaks to the others alone.
 */
export function checkOrganisationConfig(text: string, file: string = configPath): Checked<Config> {
  const parsed = parsePositioned(text, file);
  if (!parsed.ok || !isHalfARelease(parsed.document.value)) return checkConfig(text, file);
  const { document } = parsed;
  const checked = checkDocument(
    configSchema,
    problemsOf,
    { ...document, value: withMetrics(document.value as Fields) },
    file,
  );
  if (!checked.ok) return checked;
  const { release: _, ...config } = checked.config;
  return { ok: true, config, sha256: createHash('sha256').update(text).digest('hex') };
}

function isHalfARelease(value: unknown): boolean {
  return (
    isFields(value) &&
    isFields(value.release) &&
    !(isFields(value.release.metrics) && 'url' in value.release.metrics)
  );
}

/** What each repository says for itself. */
function withMetrics(value: Fields): Fields {
  const release = value.release as Fields;
  const metrics = {
    kind: 'scrape',
    url: 'https://metrics.invalid',
    ...(release.metrics as Fields | undefined),
  };
  return {
    trusted_workflows: ['.github/workflows/gates.yml'],
    ...value,
    release: { ...release, metrics },
  };
}
