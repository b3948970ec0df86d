import { InputError } from '../core/errors.ts';
import type { AnyGate } from '../core/gate/gate.ts';

/**
 * The slo gate's options with another address for the golden paths: a preview and a stage have addresses that no
 * config can know. Other gates walk none and keep theirs.
 */
export function withBaseUrl(gate: AnyGate, rawOptions: unknown, baseUrl: string | null): unknown {
  if (baseUrl === null || gate.name !== 'slo') return rawOptions;
  const options = mapping(rawOptions);
  return { ...options, golden_paths: { ...mapping(options.golden_paths), base_url: baseUrl } };
}

/**
 * Whoever starts the run names this host himself, so it may be called. Throws `InputError` for what is no web address.
 */
export function withHostOf(allowedHosts: readonly string[], baseUrl: string | null): readonly string[] {
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
