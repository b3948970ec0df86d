import { globMatcher } from '../gate/glob.ts';
import type { Config } from './schema.ts';
import { type ServiceRelease, servicesOf } from './services.ts';

/** Which release a tag begins; null when it is no release tag. The config's rules see to it that at most one matches. */
export function releaseOfTag(
  config: Pick<Config, 'release' | 'services'>,
  tag: string,
): ServiceRelease | null {
  return servicesOf(config).find(({ release }) => globMatcher([release.tags])(tag)) ?? null;
}
