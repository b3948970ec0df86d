import { join } from 'node:path';
import { openBundleVerifier } from '../adapters/sigstore/verify-bundle.ts';
import { InputError } from '../core/errors.ts';
import { parseTrustedKeys } from '../core/evidence/key-set.ts';
import type { BundleVerifier, TrustedKey } from '../core/ports/signer.ts';
import type { CliInput, CliOption, CliWorld } from './command.ts';
import { readNamedFile, readOptionalFile } from './files.ts';

const maxBytes = 4 * 1_024 * 1_024;
const githubIssuer = 'https://token.actions.githubusercontent.com';
const usualPlace = join('.github', 'release-conductor', 'keys.json');

export const keyOption: CliOption = {
  value: 'FILE',
  many: true,
  help: `trusted public keys, PEM or keys.json; default: ${usualPlace}`,
};

/** What else may be trusted: certificates of a sigstore instance, for named signers. */
export const trustOptions = {
  key: keyOption,
  'trusted-root': {
    value: 'FILE',
    many: true,
    help: 'sigstore roots (trusted_root.json) for certificates, log entries and timestamps',
  },
  identity: {
    value: 'URL',
    many: true,
    help: 'who may have signed with a certificate, exactly: the address of a workflow with its ref',
  },
  issuer: { value: 'URL', help: `who vouches for the identity; default: ${githubIssuer}` },
} as const satisfies Readonly<Record<string, CliOption>>;

/** Keys, and a verifier that trusts the certificates and witnesses of `--trusted-root` beside them. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
  readonly verifyBundle: BundleVerifier;
}

/** @throws InputError as `readTrustedKeys`, `USAGE` · ConfigError `TRUSTED_ROOT_INVALID` */
export async function readTrust(input: CliInput, world: CliWorld): Promise<Trust> {
  const paths = input.texts('trusted-root');
  const files = await Promise.all(paths.map((path) => readNamedFile(world, path, maxBytes)));
  const roots = files.map((bytes) => Buffer.from(bytes).toString('utf8'));
  const issuer = input.text('issuer') ?? githubIssuer;
  const identities = input.texts('identity').map((identity) => ({ issuer, identity }));
  if (identities.length > 0 && roots.length === 0) {
    throw new InputError('USAGE', 'expected --trusted-root beside --identity', 'gh attestation trusted-root');
  }
  const keys = await readTrustedKeys(input, world).catch((error: unknown) => {
    if (identities.length > 0 && error instanceof InputError && error.code === 'NO_KEY') return [];
    throw error;
  });
  return { keys, verifyBundle: openBundleVerifier({ roots, identities }) };
}

/**
 * The keys of `--key`, else those in the usual place.
 *
 * @throws InputError `NO_KEY`, `BAD_KEY`, `FILE_UNREADABLE`
 */
export async function readTrustedKeys(input: CliInput, world: CliWorld): Promise<readonly TrustedKey[]> {
  const named = input.texts('key');
  if (named.length > 0) {
    const files = await Promise.all(named.map((path) => readNamedFile(world, path, maxBytes)));
    return files.flatMap((bytes) => parseTrustedKeys(Buffer.from(bytes).toString('utf8')));
  }
  const usual = await readOptionalFile(world, usualPlace, maxBytes);
  if (usual !== null) return parseTrustedKeys(Buffer.from(usual).toString('utf8'));
  throw new InputError(
    'NO_KEY',
    'expected a trusted public key: a signature alone says nothing about who signed',
    "give --key FILE with the Conductor's keys.json (from /.well-known/release-conductor/keys.json) or a PEM",
  );
}
