import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { unpackZip } from '../../adapters/zip/unpack.ts';
import { renderKeySet } from '../../core/evidence/key-set.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import {
  commit,
  inputsFor,
  newPrivateKey,
  packInMemory,
  portsWith,
  repository,
} from '../evidence/support.ts';
import { startSigstore } from '../support/sigstore/services.ts';
import { makeZip } from '../support/zip/make.ts';
import { FakeWorld, folderWith } from './support.ts';

const ports = portsWith(newPrivateKey());
let folder: string;
let pem: string;

beforeEach(async () => {
  const { zip, bundle } = await packInMemory(inputsFor(), ports);
  pem = (await ports.signer.publicKey()).pem;
  folder = await folderWith({
    'evidence.zip': zip,
    'evidence.zip.sigstore.json': bundle,
    'conductor.pem': pem,
    'keys.json': renderKeySet([trustedKeyFromPem(pem)]),
    'windows.json': `\uFEFF${renderKeySet([trustedKeyFromPem(pem)])}`.replaceAll('\n', '\r\n'),
  });
});

const verify = async (...argv: string[]) => {
  const world = new FakeWorld(folder);
  const status = await world.run('verify', ...argv);
  return { status, stdout: world.stdout, stderr: world.stderr };
};

describe('verify', () => {
  it.each(['conductor.pem', 'keys.json', 'windows.json'])(
    'accepts good evidence with %s, and says what it is of',
    async (key) => {
      const { status, stdout } = await verify(
        'evidence.zip',
        '--key',
        key,
        '--repo',
        repository,
        '--tag',
        'v1.0.0',
        '--commit',
        commit,
      );
      expect(status).toBe(0);
      expect(stdout).toMatch(/✔ signature[\s\S]*✔ audit/);
      expect(stdout).toContain(`${repository} v1.0.0 (${commit})`);
      expect(stdout.trimEnd()).toMatch(/\nverified$/);
    },
  );

  it('finds the usual key of the repository by itself', async () => {
    await mkdir(join(folder, '.github/release-conductor'), { recursive: true });
    await rename(join(folder, 'keys.json'), join(folder, '.github/release-conductor/keys.json'));
    expect((await verify('evidence.zip')).status).toBe(0);
  });

  it('prints one JSON report', async () => {
    const { stdout } = await verify('evidence.zip', '--key', 'keys.json', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, problems: [], manifest: { subject: { commit } } });
  });

  it('writes a SLSA summary of what it found', async () => {
    const summary = async (...argv: string[]) => {
      await verify('evidence.zip', '--key', 'keys.json', '--vsa', 'vsa.json', ...argv);
      return JSON.parse(await readFile(join(folder, 'vsa.json'), 'utf8'));
    };
    expect(await summary()).toMatchObject({
      predicateType: 'https://slsa.dev/verification_summary/v1',
      subject: [{ name: 'evidence.zip' }, { digest: { gitCommit: commit } }],
      predicate: {
        resourceUri: `git+https://github.com/${repository}@refs/tags/v1.0.0`,
        verificationResult: 'PASSED',
        inputAttestations: [{ uri: 'evidence.zip.sigstore.json' }],
      },
    });
    expect((await summary('--tag', 'v9')).predicate).toMatchObject({
      verificationResult: 'FAILED',
      verifiedLevels: [],
    });
  });

  it.each<[string, string[], string]>([
    ['of another tag', ['--tag', 'v9.9.9'], 'OTHER_RELEASE'],
    ['of another repository', ['--repo', 'acme/other'], 'OTHER_RELEASE'],
    ['of another commit', ['--commit', 'f'.repeat(40)], 'OTHER_COMMIT'],
  ])('exits 1 for evidence %s', async (_name, argv, code) => {
    const { status, stdout } = await verify('evidence.zip', '--key', 'keys.json', ...argv);
    expect(status).toBe(1);
    expect(stdout).toContain(`${code} _manifest.json`);
    expect(stdout).toContain('NOT verified: 1 problem');
  });

  it('exits 1 for a changed byte, a foreign key and a missing signature', async () => {
    const { zip } = await packInMemory(inputsFor(), ports);
    await writeFile(join(folder, 'changed.zip'), zip.with(200, (zip[200] as number) ^ 1));
    expect(
      await verify('changed.zip', '--bundle', 'evidence.zip.sigstore.json', '--key', 'keys.json'),
    ).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('TAMPERED'),
    });
    await writeFile(join(folder, 'other.pem'), (await portsWith(newPrivateKey()).signer.publicKey()).pem);
    expect(await verify('evidence.zip', '--key', 'other.pem')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('UNKNOWN_KEY'),
    });
    await rm(join(folder, 'evidence.zip.sigstore.json'));
    expect(await verify('evidence.zip', '--key', 'keys.json')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('UNSIGNED'),
    });
  });

  it.each<[string, (files: Map<string, Uint8Array>) => unknown, string]>([
    ['a file left out', (files) => files.delete('release_notes.md'), 'MISSING release_notes.md'],
    [
      'a file changed',
      (files) => files.set('release_notes.md', Buffer.from('all is well')),
      'TAMPERED release_notes.md',
    ],
    ['a file added', (files) => files.set('gates/own.json', Buffer.from('{}')), 'TAMPERED gates/own.json'],
    ['a file that no evidence may have', (files) => files.set('../own', Buffer.from('')), '"../own"'],
  ])('names it when another tool wrote the zip again with %s', async (_name, change, named) => {
    const { zip } = await packInMemory(inputsFor(), ports);
    const files = new Map(unpackZip(zip, { entries: 1_000, fileBytes: 1e8, totalBytes: 1e8 }));
    change(files);
    await writeFile(
      join(folder, 'evidence.zip'),
      makeZip([...files].map(([name, content]) => ({ name, content }))),
    );
    const { status, stdout } = await verify('evidence.zip', '--key', 'keys.json');
    expect(status).toBe(1);
    expect(stdout).toContain('TAMPERED evidence.zip');
    expect(stdout).toContain(named);
  });

  it('is not talked into a key by a member of the key set that it does not know', async () => {
    const keys = JSON.parse(renderKeySet([trustedKeyFromPem(pem)]));
    keys.keys[0].revoked = '2020-01-01T00:00:00Z';
    await writeFile(join(folder, 'keys.json'), JSON.stringify(keys));
    const { status, stderr } = await verify('evidence.zip', '--key', 'keys.json');
    expect(status).toBe(2);
    expect(stderr).toContain('"revoked"');
  });

  it.each<[string, string[], RegExp]>([
    ['no zip', [], /one evidence zip/],
    ['a zip that is not there', ['nothing.zip', '--key', 'keys.json'], /no file nothing.zip/],
    ['a folder for the summary', ['evidence.zip', '--key', 'keys.json', '--vsa', '.'], /cannot be written/],
    [
      'a file for a folder above the summary',
      ['evidence.zip', '--key', 'keys.json', '--vsa', 'keys.json/vsa.json'],
      /keys.json\/vsa.json cannot be written/,
    ],
    ['a folder for a zip', ['.', '--key', 'keys.json'], /is a folder/],
    ['a folder for a key', ['evidence.zip', '--key', '.'], /is a folder/],
    ['no key', ['evidence.zip'], /trusted public key/],
    ['a key that is none', ['evidence.zip', '--key', 'evidence.zip.sigstore.json'], /expected \{"keys"/],
    ['a short commit', ['evidence.zip', '--key', 'keys.json', '--commit', 'abc'], /full commit sha/],
  ])('exits 2 with %s', async (_name, argv, message) => {
    const { status, stderr } = await verify(...argv);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('keys', () => {
  it('prints the key that signs, as PEM and as a key set', async () => {
    const privateKey = newPrivateKey();
    const { pem: expected, hint } = await portsWith(privateKey).signer.publicKey();
    const asPem = new FakeWorld(folder, { SIGNING_KEY: privateKey });
    expect(await asPem.run('keys')).toBe(0);
    expect(asPem.stdout).toBe(expected);
    const asJson = new FakeWorld(folder, { SIGNING_KEY: privateKey });
    expect(await asJson.run('keys', '--json')).toBe(0);
    expect(JSON.parse(asJson.stdout)).toEqual({ keys: [{ hint, pem: expected }] });
    expect(asPem.stdout + asJson.stdout).not.toContain('PRIVATE');
  });
});

describe('verify as a job of GitHub Actions', () => {
  const issuer = 'https://token.actions.githubusercontent.com';
  const identity = 'https://github.com/acme/shop/.github/workflows/deploy.yml@refs/heads/main';

  it('signs the summary and the decision without a key, and others verify them by who it was', async () => {
    const sigstore = await startSigstore({ iss: issuer, sub: identity });
    await writeFile(join(folder, 'trusted_root.json'), sigstore.trustedRoot);
    const world = new FakeWorld(folder, { ...sigstore.jobEnv, TIMESTAMP_URL: '' }, fetch);
    const signing = ['--vsa-bundle', 'vsa.sigstore.json', '--countersign', 'by-job.sigstore.json'];
    expect(await world.run('verify', 'evidence.zip', '--key', 'keys.json', ...signing)).toBe(0);

    const anchors = ['--trusted-root', 'trusted_root.json', '--key', 'keys.json'];
    const byJob = ['evidence.zip', '--bundle', 'by-job.sigstore.json', ...anchors];
    expect((await verify(...byJob, '--identity', identity)).status).toBe(0);
    const other = await verify(...byJob, '--identity', `${identity}-x`);
    expect(other.status).toBe(1);
    expect(other.stdout).toContain('WRONG_SIGNER');
    expect((await verify(...byJob)).stdout).toContain('UNKNOWN_KEY');

    const vsa = JSON.parse(await readFile(join(folder, 'vsa.sigstore.json'), 'utf8')) as {
      dsseEnvelope: { payload: string };
    };
    expect(JSON.parse(Buffer.from(vsa.dsseEnvelope.payload, 'base64').toString())).toMatchObject({
      predicateType: 'https://slsa.dev/verification_summary/v1',
      predicate: { verificationResult: 'PASSED' },
    });
  });

  it('says what it needs when it may not sign', async () => {
    const world = new FakeWorld(folder);
    expect(await world.run('verify', 'evidence.zip', '--key', 'keys.json', '--vsa-bundle', 'vsa.json')).toBe(
      2,
    );
    expect(world.stderr).toContain('id-token: write');
  });

  it('wants a root beside an identity', async () => {
    expect((await verify('evidence.zip', '--key', 'keys.json', '--identity', identity)).stderr).toContain(
      '--trusted-root',
    );
  });
});
