import { join } from 'node:path';
import { InputError } from '../core/errors.ts';
import { parseTrustedKeys } from '../core/evidence/key-set.ts';
import type { TrustedKey } from '../core/ports/signer.ts';
import type { CliInput, CliOption, CliWorld } from './command.ts';
import { readNamedFile, readOptionalFile } from './files.ts';

const maxBytes = 4 * 1_024 * 1_024;
const usualPlace = join('.github', 'release-conductor', 'keys.json');

export const keyOption: CliOption = {
  value: 'FILE',
  many: true,
  help: `trusted public keys, PEM or keys.json; default: ${usualPlace}`,
};

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
