import { InputError } from '../core/errors.ts';
import type { AnyGate } from '../core/gate/gate.ts';

/** What no config can know: a preview and a stage have addresses and beginnings of their own. */
export interface EnvironmentUnderTest {
  /** Where the golden paths are walked; null: as the files say. */
  readonly baseUrl: string | null;
  /** When it was deployed, RFC 3339; null: as the config says. */
  readonly since: string | null;
}

/** The slo gate's options for this environment. Other gates look at none and keep theirs. */
export function withEnvironment(
  gate: AnyGate,
  rawOptions: unknown,
  { baseUrl, since }: EnvironmentUnderTest,
): unknown {
  if (gate.name !== 'slo' || (baseUrl === null && since === null)) return rawOptions;
  const options = mapping(rawOptions);
  return {
    ...options,
    ...(since === null ? {} : { since }),
    ...(baseUrl === null ? {} : { golden_paths: { ...mapping(options.golden_paths), base_url: baseUrl } }),
  };
}

/**
 * Whoever starts the run names this host himself, so it may be called. Throws `InputError` for what is no web address.
 */
export function withHostOf(
  allowedHosts: readonly string[],
  { baseUrl }: EnvironmentUnderTest,
): readonly string[] {
  if (baseUrl === null) return allowedHosts;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return [...allowedHosts, url.host];
  throw new InputError(
    'BASE_URL_INVALID',
    `base-url must be an http or https address, found ${JSON.stringify(baseUrl)}.`,
    'Give the address of the environment whose golden paths are to be walked.',
  );
}

/** What is no mapping is left to the gate's own options to refuse. */
function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
