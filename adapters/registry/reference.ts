import { InputError } from '../../core/errors.ts';

/** Where an image lies. */
export interface ImageReference {
  /** Host, with its port when it has one. */
  readonly registry: string;
  /** Address that `/v2/` hangs below. */
  readonly origin: string;
  readonly path: string;
  readonly tag: string;
}

/** Hosts that are this machine, with or without a port. */
export const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * `registry/path:tag`. The registry is always written out, because what a bare name means depends on who reads it.
 * On loopback it is asked without TLS, as Docker does.
 *
 * @throws InputError `IMAGE_REFERENCE_INVALID`
 */
export function parseImageReference(text: string): ImageReference {
  const match = /^([^/\s]+)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?$/.exec(text);
  const [, registry = '', path = '', tag] = match ?? [];
  if (!/[.:]|^localhost$/.test(registry) || tag === undefined) {
    throw new InputError(
      'IMAGE_REFERENCE_INVALID',
      `Expected registry/path:tag in lower case, found ${JSON.stringify(text.slice(0, 200))}`,
      'Write the image out, as ghcr.io/acme/shop:{tag}.',
    );
  }
  return { registry, origin: `${loopback.test(registry) ? 'http' : 'https'}://${registry}`, path, tag };
}
