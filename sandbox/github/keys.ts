import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export interface RsaKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The keys of GitHub and of its Apps. Two, because neither may pass for the other. */
export interface GithubKeys {
  /** Signs the identity tokens of jobs. */
  readonly oidc: RsaKeys;
  /** PKCS#1 PEM with which the Apps sign their JWTs. */
  readonly appPem: string;
}

let made: Promise<GithubKeys> | undefined;

/** Made once for all the GitHubs of a process: an RSA key takes a tenth of a second, and nothing here is secret. */
export function githubKeys(): Promise<GithubKeys> {
  made ??= makeKeys();
  return made;
}

async function makeKeys(): Promise<GithubKeys> {
  const make = (): Promise<RsaKeys> => promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const [oidc, apps] = await Promise.all([make(), make()]);
  return { oidc, appPem: apps.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() };
}
