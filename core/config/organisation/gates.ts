import { type GatesConfig, gatesConfigSchema, rulesOfGates } from '../gates-config.ts';
import { checkEffective, type Effective, type OrganisationText } from './check.ts';

/** What a gate run needs of the config that holds: the repository's over that of its organisation. Never throws. */
export function effectiveGatesConfig(
  own: OrganisationText,
  organisation: OrganisationText,
): Effective<GatesConfig> {
  return checkEffective<GatesConfig>(gatesConfigSchema, rulesOfGates, own, organisation);
}
