import { resolve } from 'node:path';
import { loadSigningKey, parseSigningKey } from '../../adapters/sigstore/signing-key.ts';
import { readEnvironment } from '../../app/environment.ts';
import { renderKeySet } from '../../core/evidence/key-set.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import type { CliCommand } from '../command.ts';

export const keysCommand: CliCommand = {
  usage: '[options]',
  description: [
    'Prints the public key with which this Conductor signs evidence, for `verify --key`.',
    'The key is SIGNING_KEY, else the one in DATA_DIR of this folder, which is made on first use.',
  ].join('\n'),
  options: { json: { help: 'print a key set as /.well-known/release-conductor/keys.json has it' } },
  examples: [
    ['keys > conductor.pem', 'keep the key that you trust'],
    ['keys --json > .github/release-conductor/keys.json', 'so that `verify` finds it by itself'],
  ],
  async run(input, { cwd, env, print }) {
    const dataDir = resolve(cwd, readEnvironment({ ...env }).dataDir);
    const { publicPem } = parseSigningKey(await loadSigningKey(dataDir, env.SIGNING_KEY));
    print((input.flag('json') ? renderKeySet([trustedKeyFromPem(publicPem)]) : publicPem).trimEnd());
    return 0;
  },
};
