import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { appendSummary, readInput, setOutputs } from '../../../adapters/actions-runner/environment.ts';
import { requestOidcToken } from '../../../adapters/actions-runner/oidc-token.ts';
import { parseRunContext } from '../../../adapters/actions-runner/subject.ts';
import { submitResult } from '../../../adapters/actions-runner/submit.ts';
import { annotationCommand, plainText } from '../../../adapters/actions-runner/workflow-commands.ts';
import { InputError, PermissionError, ProviderError } from '../../../core/errors.ts';
import type { GateResult } from '../../../core/gate/result.ts';
import { patientPorts } from '../../support/patient-ports.ts';

function emptyFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'file');
  writeFileSync(path, '');
  return path;
}

describe('workflow commands', () => {
  it('escape what would end a property or a command', () => {
    const command = annotationCommand({
      path: 'a,b:c.sql',
      startLine: 3,
      endLine: 3,
      level: 'failure',
      title: '50%',
      message: 'one\r\ntwo, three: 5%\n::set-output name=x::y',
    });
    expect(command).toBe(
      '::error title=50%25,file=a%2Cb%3Ac.sql,line=3,endLine=3::one%0D%0Atwo, three: 5%25%0A::set-output name=x::y',
    );
    expect(command.split('\n')).toHaveLength(1);
  });

  it('cannot be written by a report', () => {
    for (const line of plainText('fine\n::error::x\n  ##[warning]y\n::stop-commands::z').split('\n')) {
      expect(line).not.toMatch(/^\s*(::|##\[)/);
    }
  });
});

describe('inputs and outputs', () => {
  it('reads an input by its upper-case name, dashes kept', () => {
    expect(readInput({ 'INPUT_CONDUCTOR-URL': ' https://x ' }, 'conductor-url')).toBe('https://x');
    expect(readInput({}, 'conductor-url')).toBe('');
  });

  it('lets no value add an output of its own', async () => {
    const path = emptyFile();
    await setOutputs({ GITHUB_OUTPUT: path }, { verdict: 'fail\nverdict=pass', result: 'x' });
    const written = readFileSync(path, 'utf8');
    const [, fence = ''] = /^verdict<<(\S+)$/m.exec(written) ?? [];
    expect(written).toContain(`verdict<<${fence}\nfail\nverdict=pass\n${fence}\n`);
    expect(fence).toMatch(/^ghadelimiter_[0-9a-f-]{36}$/);
  });

  it('replaces a summary that GitHub would drop as a whole', async () => {
    const path = emptyFile();
    await appendSummary({ GITHUB_STEP_SUMMARY: path }, 'x'.repeat(1_100_000));
    expect(readFileSync(path, 'utf8')).toMatch(/too long/);
  });

  it('writes nothing outside of a runner', async () => {
    await expect(setOutputs({}, { verdict: 'pass' })).resolves.toBeUndefined();
    await expect(appendSummary({}, 'x')).resolves.toBeUndefined();
  });
});

describe('the commit under test', () => {
  const env = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: 'a'.repeat(40), GITHUB_REF: 'refs/heads/main' };
  const [head, base] = ['b'.repeat(40), 'c'.repeat(40)];

  it.each([
    ['a push', {}, env.GITHUB_SHA, null],
    [
      'a pull request: its head, not the merge',
      { pull_request: { head: { sha: head }, base: { sha: base, ref: 'main' } } },
      head,
      base,
    ],
    ['a merge group: its head', { merge_group: { head_sha: head, base_sha: base } }, head, base],
    ['an unknown payload', { pull_request: 'x' }, env.GITHUB_SHA, null],
  ])('of %s', (_, payload, sha, baseSha) => {
    expect(parseRunContext(env, payload)).toEqual({
      subject: { repository: 'acme/shop', sha, ref: 'refs/heads/main' },
      baseSha,
      fork: false,
    });
  });

  it.each([
    ['of the repository', { full_name: 'acme/shop' }, false],
    ['of a fork', { full_name: 'mallory/shop' }, true],
    ['of a fork that is gone', null, true],
  ])('knows a pull request %s', (_, repo, fork) => {
    const pull = {
      head: { sha: head, repo },
      base: { sha: base, ref: 'main', repo: { full_name: 'acme/shop' } },
    };
    expect(parseRunContext(env, { pull_request: pull }).fork).toBe(fork);
  });

  it.each([
    ['no commit', { ...env, GITHUB_SHA: undefined }],
    ['a short commit', { ...env, GITHUB_SHA: 'abc' }],
    ['no repository', { ...env, GITHUB_REPOSITORY: undefined }],
  ])('is an error with %s', (_, broken) => {
    expect(() => parseRunContext(broken, {})).toThrow(InputError);
  });
});

describe('the OIDC token', () => {
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://issuer.example/t?v=1',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'b',
  };
  const answering =
    (status: number, body: unknown): typeof fetch =>
    async () =>
      Response.json(body, { status });

  it('is asked for with its audience', async () => {
    let asked = '';
    const token = await requestOidcToken(env, 'https://conductor.example', async (input) => {
      asked = String(input);
      return Response.json({ value: 'jwt' });
    });
    expect(token).toBe('jwt');
    expect(asked).toBe('https://issuer.example/t?v=1&audience=https%3A%2F%2Fconductor.example');
  });

  it('is not permitted without the variables of the runner', async () => {
    await expect(requestOidcToken({}, 'x')).rejects.toThrow(PermissionError);
  });

  it.each([
    ['an error', answering(500, {})],
    ['an answer without a token', answering(200, {})],
    ['silence', (async () => Promise.reject(new TypeError('refused'))) as typeof fetch],
  ])('fails as the fault of the provider with %s', async (_, fetchToken) => {
    await expect(requestOidcToken(env, 'x', fetchToken)).rejects.toThrow(ProviderError);
  });
});

describe('a submission', () => {
  const submission = {
    conductorUrl: 'https://conductor.example/',
    token: async () => 't',
    result: {} as GateResult,
    files: [],
  };
  const accepted = { accepted: true, gate: 'slo', result_sha256: 'abc' };

  it('is given up after five minutes, as the fault of a provider', async () => {
    const ports = patientPorts(async () => Promise.reject(new TypeError('fetch failed')));
    await expect(submitResult(submission, ports)).rejects.toThrow(ProviderError);
    const waited = ports.waited.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThan(280_000);
    expect(waited).toBeLessThanOrEqual(300_000);
    expect(ports.waited.slice(0, 3)).toEqual([500, 1_000, 2_000]);
  });

  it.each([429, 500, 502, 503, 504])('waits out an answer of %i', async (status) => {
    const answers = [new Response('', { status }), Response.json(accepted)];
    const ports = patientPorts(async () => answers.shift() as Response);
    await expect(submitResult(submission, ports)).resolves.toBe('abc');
  });

  it.each([
    ['7', [7_000]],
    ['86400', [60_000]],
    ['soon', [500]],
  ])('waits as long as `retry-after: %s` says, within reason', async (after, waited) => {
    const busy = new Response('', { status: 503, headers: { 'retry-after': after } });
    const answers = [busy, Response.json(accepted)];
    const ports = patientPorts(async () => answers.shift() as Response);
    await submitResult(submission, ports);
    expect(ports.waited).toEqual(waited);
  });

  it('asks no second time where the job has no identity', async () => {
    const ports = patientPorts(async () => Response.json(accepted));
    const token = () => Promise.reject(new PermissionError('OIDC_NOT_PERMITTED', 'no token', 'allow it'));
    await expect(submitResult({ ...submission, token }, ports)).rejects.toThrow(PermissionError);
    expect(ports.waited).toEqual([]);
  });

  it('does not take any answer for an acceptance', async () => {
    const page: typeof fetch = async () => new Response('<html>', { status: 200 });
    await expect(submitResult(submission, patientPorts(page))).rejects.toThrow(InputError);
  });

  it.each([
    [
      'too many files',
      Array.from({ length: 65 }, (_, n) => ({ path: `f${n}`, mediaType: 'x/y', bytes: new Uint8Array(1) })),
    ],
    [
      'a file that is too large',
      [{ path: 'f', mediaType: 'x/y', bytes: new Uint8Array(16 * 1024 * 1024 + 1) }],
    ],
  ])('is refused before anything is sent: %s', async (_, files) => {
    let sent = false;
    const send: typeof fetch = async () => {
      sent = true;
      return new Response();
    };
    await expect(submitResult({ ...submission, files }, patientPorts(send))).rejects.toThrow('would refuse');
    expect(sent).toBe(false);
  });
});
