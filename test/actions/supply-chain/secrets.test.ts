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

const nonce = Buffer.alloc(32, 7).toString('base64');
const tag = Buffer.alloc(16, 9).toString('base64');
const locked = (data = 'p673wRk='): string => `ENC[AES256_GCM,data:${data},iv:${nonce},tag:${tag},type:str]`;
const marks = (change: Readonly<Record<string, unknown>> = {}) => ({
  age: [{ recipient: 'age1x', enc: 'x' }],
  mac: locked(),
  ...change,
});
const problemsOf = async (path: string, content: unknown): Promise<string[]> => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return (await search({ [path]: text })).problems.map(({ message }) => message);
};

describe('a file that SOPS encrypted', () => {
  it.each<[string, unknown, string[]]>([
    ['is fine', { a: locked(), sops: marks() }, []],
    ['but one value', { a: locked(), b: { c: ['x'] }, sops: marks() }, ['b.c.0 is not encrypted']],
    [
      'in form, with text in base64',
      { a: locked(Buffer.from('hunter2 hunter2 hunter2').toString('base64')), sops: marks() },
      ['a is not encrypted'],
    ],
    [
      'in form, without a real nonce',
      { a: locked().replace(nonce, 'YQ=='), sops: marks() },
      ['a is not encrypted'],
    ],
    [
      'without a check sum',
      { a: locked(), sops: marks({ mac: undefined }) },
      ['its check sum (sops.mac) is missing or not encrypted'],
    ],
    [
      'with a recipient that holds no key',
      { a: locked(), sops: marks({ age: [{ recipient: 'age1x' }] }) },
      ['no key is named that could open it'],
    ],
    [
      'for groups of recipients',
      { a: locked(), sops: marks({ age: [], key_groups: [{ pgp: [{ fp: 'A', enc: 'x' }] }] }) },
      [],
    ],
    [
      'but what its author called unencrypted, by a suffix of secrets',
      { a: locked(), db_password: 'hunter2', sops: marks({ unencrypted_suffix: 'password' }) },
      ['db_password is not encrypted'],
    ],
    [
      'but names that are no secrets',
      { a: locked(), host: 'db', sops: marks({ encrypted_regex: '^a$' }) },
      [],
    ],
    [
      'with rules that match nothing',
      { host: 'db', sops: marks({ encrypted_regex: '^z$' }) },
      ['nothing in it is encrypted (encrypted_regex matches nothing)'],
    ],
    ['in another file', { a: 'x' }, ['it carries no mark of SOPS']],
  ])('%s', async (_, document, expected) => {
    expect(await problemsOf('deploy/app.enc.json', document)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    ['as dotenv', `A=${locked()}\nB_unencrypted=x\nsops_age__list_0__map_enc=x\nsops_mac=${locked()}\n`, []],
    ['as dotenv, but one', `A=${locked()}\nB=x\nsops_mac=${locked()}\n`, ['B is not encrypted']],
    [
      'as dotenv, without a check sum',
      `A=${locked()}\n`,
      ['its check sum (sops_mac) is missing or not encrypted'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await problemsOf('app.enc.env', text)).toEqual(expected);
  });
});

describe('credentials of more providers', () => {
  const hex = '0123456789abcdef'.repeat(4);
  it.each([
    ['a database', joined('postgres://', 'app:', 's3cr3tPa55w0rd', '@db.internal:5432/x')],
    ['Stripe', joined('sk', '_live_', letters)],
    ['Google', joined('AI', 'za', letters.slice(0, 35))],
    ['Azure storage', joined('Account', 'Key=', letters, letters, letters.slice(0, 14), '==')],
    ['DigitalOcean', joined('dop', '_v1_', hex)],
    ['PyPI', joined('pypi', '-AgEIcHlwaS5vcmc', letters, letters)],
    ['npm of old', joined('//registry.npmjs.org/:_auth', 'Token=', '0a1b2c3d-4e5f-6789-abcd-ef0123456789')],
    [
      'a login of Docker',
      JSON.stringify({ auths: { r: { auth: Buffer.from('u:hunter2A').toString('base64') } } }),
    ],
    [
      'a short key of an elliptic curve',
      joined('-----BEGIN EC PRIVATE', ' KEY-----\n', 'MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY'),
    ],
    [
      'the key of a service account of Google',
      JSON.stringify({
        private_key: joined(
          '-----BEGIN PRIVATE',
          ' KEY-----\n',
          'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n',
        ),
      }),
    ],
  ])('are found: %s', async (_, text) => {
    const { credentials } = await search({ 'config/app.txt': `first line\n${text}\n` });
    expect(credentials).toMatchObject([{ line: 2 }]);
  });

  it.each([
    ['a token of a document', joined('ghp', '_', 'x'.repeat(36))],
    ['a live key of a document', joined('sk', '_live_', 'X'.repeat(24))],
    ['a variable', joined('//registry.npmjs.org/:_auth', 'Token=$', '{NPM_TOKEN}')],
    ['the database of a test job', joined('postgres://', 'postgres:', 'postgres', '@db:5432/test')],
    ['a database on this machine', joined('postgres://', 'app:', 's3cr3tPa55w0rd', '@127.0.0.1:5432/x')],
    ['a digest', `sha512-${Buffer.alloc(64, 7).toString('base64')}`],
    ['an auth that is no login', JSON.stringify({ auth: 'c2hvcHNob3BzaG9w' })],
    ['a public key', joined('-----BEGIN PUBLIC', ' KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y\n')],
  ])('are not seen in %s', async (_, text) => {
    expect((await search({ 'config/app.txt': `${text}\n` })).credentials).toEqual([]);
  });
});
