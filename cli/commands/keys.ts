import { resolve } from 'node:path';
import { readKeyRing, revokeSigningKey, rotateSigningKey } from '../../adapters/sigstore/key-ring.ts';
import { readEnvironment } from '../../app/environment.ts';
import { InputError } from '../../core/errors.ts';
import { renderKeySet } from '../../core/evidence/key-set.ts';
import type { TrustedKey } from '../../core/ports/signer.ts';
import type { CliCommand, CliInput } from '../command.ts';

const hour = 3_600_000;

export const keysCommand: CliCommand = {
  usage: '[options]',
  description: [
    'Prints the public key with which this Conductor signs evidence, for `verify --key`.',
    'The key is SIGNING_KEY, else the one in DATA_DIR of this folder, which is made on first use.',
    'With --json also the keys that it replaced (they count for what was decided before) or revoked.',
  ].join('\n'),
  options: {
    json: { help: 'print a key set as /.well-known/release-conductor/keys.json has it' },
    rotate: { help: 'make a new key; restart the Conductor to sign with it' },
    overlap: { value: 'HOURS', help: 'rotate: how long the old key still counts; default: 24' },
    revoke: { value: 'HINT', help: 'nothing that this key signed counts any more' },
  },
  examples: [
    ['keys > conductor.pem', 'keep the key that you trust'],
    ['keys --json > .github/release-conductor/keys.json', 'so that `verify` finds it by itself'],
    ['keys --rotate --json', 'a new key, and the old one for a day'],
  ],
  async run(input, { cwd, env, print }) {
    const dataDir = resolve(cwd, readEnvironment({ ...env }).dataDir);
    const ring = await changeOrRead(input, dataDir, env.SIGNING_KEY);
    print((input.flag('json') ? renderKeySet(ring) : (ring[0]?.pem ?? '')).trimEnd());
    return 0;
  },
};

function changeOrRead(
  input: CliInput,
  dataDir: string,
  configured: string | undefined,
): Promise<readonly TrustedKey[]> {
  const hint = input.text('revoke');
  if (hint !== null) return revokeSigningKey(dataDir, configured, hint, Date.now());
  if (!input.flag('rotate')) return readKeyRing(dataDir, configured);
  const hours = Number(input.text('overlap') ?? '24');
  if (!Number.isFinite(hours) || hours < 0 || hours > 24 * 366) {
    throw new InputError(
      'USAGE',
      'expected hours from 0 to 8784 for --overlap',
      'keys --rotate --overlap 24',
    );
  }
  return rotateSigningKey(dataDir, configured, Date.now(), hours * hour);
}
