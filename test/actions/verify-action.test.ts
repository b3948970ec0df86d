import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { runVerify, verifyInputs, verifyOutputs } from '../../actions/verify-evidence.ts';
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

const ports = portsWith(newPrivateKey());
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-action-'));
  const { zip, bundle } = await packInMemory(inputsFor(), ports);
  const key = trustedKeyFromPem((await ports.signer.publicKey()).pem);
  await mkdir(join(folder, '.github/release-conductor'), { recursive: true });
  await writeFile(join(folder, '.github/release-conductor/keys.json'), renderKeySet([key]));
  await writeFile(join(folder, 'evidence.zip'), zip);
  await writeFile(join(folder, 'evidence.zip.sigstore.json'), bundle);
});

async function run(inputs: Record<string, string>, env: Record<string, string> = {}) {
  const output = join(folder, 'output');
  const summary = join(folder, 'summary');
  await Promise.all([writeFile(output, ''), writeFile(summary, '')]);
  const given = Object.entries({ tag: 'v1.0.0', repository, outcome: 'ga', ...inputs }).map(
    ([name, value]) => [`INPUT_${name.toUpperCase()}`, value],
  );
  const status = await runVerify(
    {
      GITHUB_WORKSPACE: folder,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      ...Object.fromEntries(given),
      ...env,
    },
    fetch,
  );
  return { status, outputs: await readFile(output, 'utf8'), summary: await readFile(summary, 'utf8') };
}

describe('actions/verify', () => {
  it('declares exactly the inputs and outputs that the code has', () => {
    const file = parse(readFileSync('actions/verify/action.yml', 'utf8'));
    expect(Object.keys(file.inputs).toSorted()).toEqual([...verifyInputs].toSorted());
    expect(Object.keys(file.outputs).toSorted()).toEqual([...verifyOutputs].toSorted());
    expect(file.runs).toEqual({ using: 'node24', main: 'dist/index.js' });
  });

  it('lets a job go on with good evidence', async () => {
    const { status, outputs, summary } = await run({ evidence: 'evidence.zip', commit });
    expect(status).toBe(0);
    expect(outputs).toMatch(/verified<<.*\ntrue/);
    expect(outputs).toContain(commit);
    expect(summary).toContain('verified');
  });

  it.each<[string, Record<string, string>, number]>([
    ['of another tag', { tag: 'v9.9.9' }, 1],
    ['of another repository', { repository: 'acme/other' }, 1],
    ['of another commit', { commit: 'f'.repeat(40) }, 1],
    ['of a release that was not rolled back', { outcome: 'rolled-back' }, 1],
    ['that is not there', { evidence: 'nothing.zip' }, 2],
    ['without a tag', { tag: '' }, 2],
    ['without keys', { keys: 'nothing.json' }, 2],
    ['with an outcome that there is not', { outcome: 'maybe' }, 2],
  ])('stops a job with evidence %s', async (_name, inputs, expected) => {
    const { status, outputs } = await run({ evidence: 'evidence.zip', ...inputs });
    expect(status).toBe(expected);
    expect(outputs).toMatch(/verified<<.*\nfalse/);
  });

  it('compares with the tag of a clone', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=m', '-c', 'user.email=m@example.com', ...args]);
    git('init', '-q');
    expect((await run({ evidence: 'evidence.zip', clone: '.' })).status).toBe(1);
    git('commit', '-q', '--allow-empty', '-m', 'one');
    git('tag', 'v1.0.0');
    const { status, summary } = await run({ evidence: 'evidence.zip', clone: '.' });
    expect(status).toBe(1);
    expect(summary).toContain('is tree');
  });

  it('downloads both files from the release', async () => {
    const { url, asked } = await github();
    const { status } = await run({ 'github-token': 'token-of-the-job' }, { GITHUB_API_URL: url });
    expect(status).toBe(0);
    expect(asked).toEqual([
      `/repos/${repository}/releases/tags/v1.0.0 Bearer token-of-the-job`,
      '/assets/evidence.zip Bearer token-of-the-job',
      '/assets/evidence.zip.sigstore.json Bearer token-of-the-job',
    ]);
  });

  it('tells a release that is not there from a GitHub that does not answer', async () => {
    const { url } = await github();
    expect((await run({ tag: 'v2.0.0' }, { GITHUB_API_URL: url })).status).toBe(2);
    expect((await run({}, { GITHUB_API_URL: 'http://127.0.0.1:1' })).status).toBe(3);
  });

  async function github() {
    const asked: string[] = [];
    const names = ['evidence.zip', 'evidence.zip.sigstore.json'];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim());
      const name = names.find((one) => request.url === `/assets/${one}`);
      if (name !== undefined) response.end(readFileSync(join(folder, name)));
      else if (request.url?.endsWith('/tags/v1.0.0')) {
        response.end(
          JSON.stringify({ assets: names.map((one) => ({ name: one, url: `${url}/assets/${one}` })) }),
        );
      } else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, asked };
  }
});
