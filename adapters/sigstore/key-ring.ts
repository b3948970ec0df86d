import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { parseTrustedKeys, renderKeySet } from '../../core/evidence/key-set.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import type { TrustedKey } from '../../core/ports/signer.ts';
import { type KeyWorld, openEvidenceKey } from './evidence-key.ts';
import { replaceSigningKey } from './signing-key.ts';

/** Public halves of keys that were used before, beside the signing key. */
const fileName = 'former-keys.json';

/** The public keys of this Conductor: the one in use first, then those that it replaced or revoked. */
export async function readKeyRing(
  dataDir: string,
  configured?: string,
  world: Pick<KeyWorld, 'env' | 'fetch'> = { env: process.env, fetch },
): Promise<readonly TrustedKey[]> {
  const { publicPem } = await openEvidenceKey({ dataDir, configured, ...world });
  const current = trustedKeyFromPem(publicPem);
  const former = await readFormer(dataDir);
  return [current, ...former.filter(({ hint }) => hint !== current.hint)];
}

/**
 * Makes a new signing key, with which a running Conductor signs from its next signature on. The old one counts for what
 * is decided within `overlap` ms from now: what was signed, and not yet read back, stays good.
 *
 * @throws InputError `KEY_NOT_OURS` when the key is given by SIGNING_KEY: whoever gives it replaces it.
 */
export async function rotateSigningKey(
  dataDir: string,
  configured: string | undefined,
  now: number,
  overlap: number,
): Promise<readonly TrustedKey[]> {
  if (configured !== undefined && configured !== '') throw notOurs();
  const [current, ...former] = await readKeyRing(dataDir);
  if (current !== undefined) await writeFormer(dataDir, [{ ...current, notAfter: now + overlap }, ...former]);
  await replaceSigningKey(dataDir);
  return readKeyRing(dataDir);
}

/**
 * Revokes a key: nothing that it signed counts any more. The key in use is replaced first.
 *
 * @throws InputError `KEY_UNKNOWN`, `KEY_NOT_OURS`
 */
export async function revokeSigningKey(
  dataDir: string,
  configured: string | undefined,
  hint: string,
  now: number,
): Promise<readonly TrustedKey[]> {
  const ring = await readKeyRing(dataDir, configured);
  if (!ring.some((key) => key.hint === hint)) {
    throw new InputError('KEY_UNKNOWN', `there is no key ${hint} here`, 'keys --json lists all');
  }
  if (ring[0]?.hint === hint) await rotateSigningKey(dataDir, configured, now, 0);
  const former = await readFormer(dataDir);
  await writeFormer(
    dataDir,
    former.map((key) => (key.hint === hint ? { ...key, revokedAt: key.revokedAt ?? now } : key)),
  );
  return readKeyRing(dataDir, configured);
}

async function readFormer(dataDir: string): Promise<readonly TrustedKey[]> {
  const text = await readFile(join(dataDir, fileName), 'utf8').catch(() => null);
  return text === null ? [] : parseTrustedKeys(text);
}

async function writeFormer(dataDir: string, keys: readonly TrustedKey[]): Promise<void> {
  const draft = join(dataDir, `${fileName}.${randomUUID()}`);
  const file = await open(draft, 'wx', 0o644);
  await file.writeFile(renderKeySet(keys));
  await file.sync();
  await file.close();
  await rename(draft, join(dataDir, fileName));
}

function notOurs(): InputError {
  return new InputError(
    'KEY_NOT_OURS',
    'the signing key is given by SIGNING_KEY',
    'set SIGNING_KEY to a new key; keep the old public key in the key set that verifiers have',
  );
}
