import { sign } from 'node:crypto';
import { awsKmsKey } from './aws-kms.ts';
import { type EvidenceKey, loadSigningKey, parseSigningKey } from './signing-key.ts';

export interface KeyWorld {
  readonly dataDir: string;
  /** SIGNING_KEY: PEM, the path of a PEM file, or `awskms://…`; undefined or empty: the key in `dataDir`. */
  readonly configured: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
}

/**
 * The key that signs now. Ask again for each signature: a key that was rotated meanwhile is another one.
 *
 * @throws InputError `BAD_SIGNING_KEY` · PermissionError `SIGNING_KEY_EXPOSED`, `KMS_REFUSED` · ProviderError `KMS_FAILED`
 */
export async function openEvidenceKey(world: KeyWorld): Promise<EvidenceKey> {
  const { configured } = world;
  if (configured?.startsWith('awskms://')) return awsKmsKey(configured, world.env, world.fetch);
  return keyOfPem(await loadSigningKey(world.dataDir, configured));
}

/** @throws InputError `BAD_SIGNING_KEY` */
export function keyOfPem(pem: string): EvidenceKey {
  const { privateKey, publicPem, hint } = parseSigningKey(pem);
  return { publicPem, hint, sign: async (data) => sign('sha256', data, privateKey) };
}
