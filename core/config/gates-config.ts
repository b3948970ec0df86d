import { z } from 'zod';
import { type Checked, checkWith, orThrow } from './check.ts';
import { gatesShape } from './gates-shape.ts';
import { configPath } from './path.ts';
import { configRules } from './rules.ts';

/** The other sections are the Conductor's: checked by it, by `release-conductor validate` and by the policy gate. */
export const gatesConfigSchema = z.strictObject({
  ...gatesShape,
  release: z.unknown().optional(),
  governance: z.unknown().optional(),
  services: z.unknown().optional(),
  previews: z.unknown().optional(),
});
/** `release` as it was read: what is planned there says what a rollout would cost. */
export type GatesConfig = Pick<z.infer<typeof gatesConfigSchema>, keyof typeof gatesShape | 'release'>;

/**
 * The config as far as a gate run needs it. The schema of a whole release takes longer to make than everything else
 * that a gate does before it begins, and says nothing about the gate.
 * @throws ConfigError `CONFIG_INVALID` that lists every problem as `file:line:column`.
 */
export function parseGatesConfig(
  text: string,
  file: string = configPath,
): { readonly config: GatesConfig; readonly sha256: string } {
  const checked: Checked<GatesConfig> = checkWith(gatesConfigSchema, rulesOfGates, text, file);
  return orThrow(checked, file);
}

/** What the rules beyond the schema object to. */
export function rulesOfGates({ version, trusted_workflows, allowed_hosts, gates }: GatesConfig) {
  const config = { version, trusted_workflows, allowed_hosts, gates, services: {} };
  return configRules.flatMap((rule) => rule.check(config).map((found) => ({ ...found, rule: rule.name })));
}
