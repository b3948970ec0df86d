import { describe, expect, it } from 'vitest';
import { collectSecrets } from '../../../actions/supply-chain/secrets/collect.ts';
import { secretOptionsSchema } from '../../../actions/supply-chain/secrets/options.ts';
import { memoryIo } from '../../support/memory-io.ts';

const options = secretOptionsSchema.parse({});
const search = (files: Readonly<Record<string, string | Uint8Array>>) =>
  collectSecrets(options, memoryIo(files).files);

/** Put together here, so that no file of this repository holds what looks like a credential. */
const joined = (...parts: readonly string[]): string => parts.join('');
const letters = 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5';

describe('credentials in the tree', () => {
  it.each([
    ['a GitHub token', joined('ghp', '_', letters)],
    ['an AWS secret key', joined('AWS_SECRET_ACCESS_KEY=', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCY', 'z7Qp4TrLmN')],
    [
      'a private key',
      joined(
        '-----BEGIN RSA PRIVATE',
        ` KEY-----\n${'MIIEpAIBAAKCAQEA'.repeat(8)}\n-----END RSA PRIVATE`,
        ' KEY-----',
      ),
    ],
    ['a Slack token', joined('xox', 'b-123456789012-1234567890123-', letters.slice(0, 24))],
    ['an npm token', joined('//registry.npmjs.org/:_authToken=', 'npm', '_', letters)],
    ['a password in an address', joined('https://deploy:', 'hunter2hunter2', '@registry.example.com/v2')],
  ])('are found: %s', async (_, text) => {
    const { credentials } = await search({ 'config/app.txt': `first line\n${text}\n` });
    expect(credentials).toMatchObject([{ path: 'config/app.txt', line: 2 }]);
    expect(JSON.stringify(credentials)).not.toContain(letters);
  });

  it('are not looked for in binary files', async () => {
    const { searched } = await search({ 'a.bin': Uint8Array.from([1, 0, 2]), 'b.txt': 'text' });
    expect(searched).toBe(1);
  });

  it('are looked for without keeping a mark of every rule on every file', async () => {
    const before = performance.getEntriesByType('mark').length;
    await search(
      Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`src/${n}.ts`, `export const a = ${n};`])),
    );
    expect(performance.getEntriesByType('mark').length).toBe(before);
  });
});
