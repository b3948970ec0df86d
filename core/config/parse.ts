import { type Checked, checkWith, orThrow } from './check.ts';
import { configPath } from './path.ts';
import { configRules } from './rules.ts';
import { type Config, configSchema } from './schema.ts';

export { configPath } from './path.ts';

export type CheckedConfig = Checked<Config>;

/**
 * Text → config with its defaults filled in. `sha256` is the digest of the text as it was read.
 * @throws ConfigError `CONFIG_INVALID` that lists every problem as `file:line:column`.
 */
export function parseConfig(text: string, file: string = configPath): { config: Config; sha256: string } {
  return orThrow(checkConfig(text, file), file);
}

/** As `parseConfig`, but answers with the problems as data. Never throws. */
export function checkConfig(text: string, file: string = configPath): CheckedConfig {
  return checkWith(configSchema, problemsOf, text, file);
}

/** What the rules beyond the schema object to. */
export function problemsOf(config: Config) {
  return configRules.flatMap((rule) => rule.check(config).map((found) => ({ ...found, rule: rule.name })));
}
