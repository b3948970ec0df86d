import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError, PermissionError } from '../../core/errors.ts';
import { keyHint } from '../../core/evidence/keys.ts';

const fileName = 'signing-key.pem';

/** A key that signs: here, or in a service that never gives it away. ECDSA P-256 with SHA-256. */
export interface EvidenceKey {
  readonly publicPem: string;
  /** SHA-256 of the SPKI DER, hex. */
  readonly hint: string;
  /** Signature in DER over the SHA-256 of the data. */
  sign(data: Uint8Array): Promise<Buffer>;
}

/**
 * The key of this Conductor as PEM: `configured` (the text of SIGNING_KEY, or the path of a file with it) when
 * given, else the one in `dataDir`, which is made on the first start and readable by its owner only.
 *
 * @throws InputError `BAD_SIGNING_KEY` · PermissionError `SIGNING_KEY_EXPOSED`
 */
export async function loadSigningKey(dataDir: string, configured?: string): Promise<string> {
  if (configured !== undefined && configured !== '') {
    const isText = configured.includes('-----BEGIN');
    const pem = isText ? configured.replaceAll('\\n', '\n') : await readKeyFile(configured);
    parseSigningKey(pem);
    return pem;
  }
  const path = join(dataDir, fileName);
  await createOnce(path);
  const pem = await readKeyFile(path);
  parseSigningKey(pem);
  return pem;
}

/** The key and its name, from PEM. */
export function parseSigningKey(pem: string): { privateKey: KeyObject; publicPem: string; hint: string } {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    throw badKey('expected a private key in PEM'); // no cause: it could quote the key
  }
  if (privateKey.asymmetricKeyType !== 'ec' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw badKey(`expected an ECDSA P-256 key, found ${privateKey.asymmetricKeyType ?? 'something else'}`);
  }
  const publicKey = createPublicKey(privateKey);
  return {
    privateKey,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    hint: keyHint(publicKey),
  };
}

/**
 * Two processes may start at once, and one may be killed: the key is complete before it gets its name, and the
 * name is given once.
 */
async function createOnce(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if ((await stat(path).catch(() => null)) !== null) return;
  await makeKey(path, link);
}

/** Puts a new key in the place of the one in `dataDir`. */
export async function replaceSigningKey(dataDir: string): Promise<void> {
  await makeKey(join(dataDir, fileName), rename);
}

async function makeKey(path: string, publish: (draft: string, path: string) => Promise<void>): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    await file.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await file.sync();
    await file.close();
    await publish(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readKeyFile(path: string): Promise<string> {
  const info = await stat(path).catch(() => null);
  if (info === null)
    throw badKey(`expected PEM text or the path of a key file, found no file ${named(path)}`);
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
    throw new PermissionError(
      'SIGNING_KEY_EXPOSED',
      `${path} can be read by others (mode ${(info.mode & 0o777).toString(8)})`,
      `chmod 600 ${path}, and replace the key if others have had it`,
    );
  }
  return readFile(path, 'utf8');
}

/** Only what is surely a path is repeated: somebody may have set the key without its first and last line. */
function named(path: string): string {
  return /^[./~]|\.(?:pem|key)$/.test(path) && path.length < 200 ? path : 'of that name';
}

function badKey(message: string): InputError {
  return new InputError(
    'BAD_SIGNING_KEY',
    message,
    'set SIGNING_KEY to the output of: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  );
}
