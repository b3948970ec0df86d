import { createHash } from 'node:crypto';
import { z } from 'zod';
import { askAgain } from '../../core/ask-again.ts';
import { InputError, ProviderError } from '../../core/errors.ts';
import { type ImageReference, loopback, parseImageReference } from './reference.ts';

/** Everything that a tag can name (OCI image specification 1.1, Docker's image manifest 2.2). */
const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const maxManifestBytes = 4 * 1_024 * 1_024;
const patience = 20_000;

/** `user:password` for a registry, by its host as images name it; undefined: it is asked as anybody. A secret. */
export type RegistryLogins = (host: string) => string | undefined;

/**
 * The digest that an image's tag names at this moment: SHA-256 of the manifest's bytes as the registry sends them,
 * whatever its headers claim. A login is sent to the registry itself and to where it says that tokens are had, never
 * without TLS but on loopback.
 *
 * @throws InputError `IMAGE_NOT_FOUND`, `IMAGE_REFERENCE_INVALID`
 * @throws ProviderError `REGISTRY_UNAVAILABLE` when the registry does not answer, or asks for credentials
 */
export async function imageDigest(
  text: string,
  fetch: typeof globalThis.fetch,
  logins: RegistryLogins = () => undefined,
): Promise<string> {
  const image = parseImageReference(text);
  const login = basic(logins(image.registry));
  return askAgain(() => digestOf(image, fetch, login));
}

async function digestOf(
  image: ImageReference,
  fetch: typeof globalThis.fetch,
  login: string | undefined,
): Promise<string> {
  const first = await ask(image, fetch, undefined);
  const challenge = first.status === 401 ? first.headers.get('www-authenticate') : null;
  const answer =
    challenge === null ? first : await ask(image, fetch, await answerTo(challenge, image, fetch, login));
  if (answer.status === 404) {
    throw new InputError(
      'IMAGE_NOT_FOUND',
      `${image.registry} knows no image ${image.path}:${image.tag}`,
      'Push the image before the release is promoted, or correct release.artifacts.',
    );
  }
  if (answer.status !== 200)
    throw unavailable(image, `it answered ${answer.status}`, { status: answer.status });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (bytes.byteLength > maxManifestBytes) throw unavailable(image, 'its manifest is larger than 4 MiB');
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function ask(
  image: ImageReference,
  fetch: typeof globalThis.fetch,
  authorization: string | undefined,
): Promise<Response> {
  const url = `${image.origin}/v2/${image.path}/manifests/${encodeURIComponent(image.tag)}`;
  return call(image, fetch, url, {
    accept: accepted,
    ...(authorization === undefined ? {} : { authorization }),
  });
}

const tokenSchema = z.union([
  z.object({ token: z.string() }).transform(({ token }) => token),
  z.object({ access_token: z.string() }).transform(({ access_token: token }) => token),
]);

/** What the registry wants to see: the login itself, or a token that it is changed for. */
async function answerTo(
  challenge: string,
  image: ImageReference,
  fetch: typeof globalThis.fetch,
  login: string | undefined,
): Promise<string> {
  if (/^basic\b/i.test(challenge) && login !== undefined) return login;
  return `Bearer ${await tokenFor(challenge, image, fetch, login)}`;
}

/** The way of the distribution specification's `Bearer realm="…",service="…",scope="…"`. */
async function tokenFor(
  challenge: string,
  image: ImageReference,
  fetch: typeof globalThis.fetch,
  login: string | undefined,
): Promise<string> {
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const realm = parameters.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) {
    throw unavailable(image, 'it asks for credentials');
  }
  const url = new URL(realm);
  if (login !== undefined && url.protocol !== 'https:' && !loopback.test(url.host))
    throw unavailable(image, 'it wants the login sent without TLS');
  url.searchParams.set('scope', parameters.get('scope') ?? `repository:${image.path}:pull`);
  const service = parameters.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  const answer = await call(image, fetch, url.href, {
    accept: 'application/json',
    ...(login === undefined ? {} : { authorization: login }),
  });
  const token = answer.ok ? tokenSchema.safeParse(await answer.json().catch(() => null)) : null;
  if (token?.success !== true) {
    throw unavailable(
      image,
      `it gives no token ${login === undefined ? 'without credentials' : 'for the login'}`,
    );
  }
  return token.data;
}

function basic(login: string | undefined): string | undefined {
  return login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
}

async function call(
  image: ImageReference,
  fetch: typeof globalThis.fetch,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(patience) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw unavailable(image, why, { answered: false });
  }
}

/** `cause` tells a registry that failed from one that refuses, as GitHub's errors do. */
function unavailable(
  { registry, path }: ImageReference,
  why: string,
  cause?: { readonly status: number } | { readonly answered: false },
): ProviderError {
  return new ProviderError(
    'REGISTRY_UNAVAILABLE',
    `${registry} did not say what ${path} is: ${why}`,
    'See whether the registry is up and lets anybody pull the image, or give a login: REGISTRY_<NAME>_LOGIN.',
    { retryable: true, ...(cause === undefined ? {} : { cause }) },
  );
}
