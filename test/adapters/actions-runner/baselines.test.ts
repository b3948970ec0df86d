import { describe, expect, it } from 'vitest';
import { perfGate } from '../../../actions/perf/gate.ts';
import { runGate } from '../../../actions/run-gate.ts';
import { conductorBaselines } from '../../../adapters/actions-runner/baselines.ts';
import { PermissionError } from '../../../core/errors.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { patientPorts } from '../../support/patient-ports.ts';

const of = { service: 'shop api', environment: 'stage' };
const token = async (): Promise<string> => 'header.claims.signature';
const answering = (status: number, body: unknown, seen: Request[] = []): typeof fetch => {
  return async (input, init) => {
    seen.push(new Request(input, init));
    return new Response(JSON.stringify(body), { status });
  };
};

describe('the baseline of the Conductor', () => {
  it('is asked for with the identity of the job', async () => {
    const seen: Request[] = [];
    const baselines = conductorBaselines('https://conductor.example/', {
      ...patientPorts(answering(200, { schema_version: 1, runs: [] }, seen)),
      token,
    });
    const { address, bytes } = await baselines.readPerf(of);
    expect(address).toBe('https://conductor.example/v1/baselines/perf?service=shop+api&environment=stage');
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer header.claims.signature');
    expect(new TextDecoder().decode(bytes)).toBe('{"schema_version":1,"runs":[]}');
  });

  it.each<[string, typeof fetch, string]>([
    ['does not answer', () => Promise.reject(new TypeError('fetch failed')), 'BASELINE_UNREACHABLE'],
    ['is broken', answering(500, { code: 'X', message: 'x', help: 'x' }), 'BASELINE_UNREACHABLE'],
    ['is no Conductor', answering(404, 'not found'), 'BASELINE_UNREACHABLE'],
    ['refuses', answering(401, { code: 'TOKEN_EXPIRED', message: 'x', help: 'y' }), 'TOKEN_EXPIRED'],
  ])('is an error of its own when it %s', async (_name, fetch, code) => {
    const baselines = conductorBaselines('https://conductor.example', { ...patientPorts(fetch), token });
    await expect(baselines.readPerf(of)).rejects.toMatchObject({ code });
  });

  it('is waited for while the Conductor is restarted, with a fresh token each time', async () => {
    const tokens: (string | null)[] = [];
    const ports = patientPorts(async (input, init) => {
      tokens.push(new Request(input, init).headers.get('authorization'));
      return tokens.length < 3
        ? new Response('', { status: 503 })
        : Response.json({ schema_version: 1, runs: [] });
    });
    let issued = 0;
    const baselines = conductorBaselines('https://conductor.example', {
      ...ports,
      token: async () => `t${++issued}`,
    });
    await expect(baselines.readPerf(of)).resolves.toMatchObject({ bytes: expect.any(Uint8Array) });
    expect(tokens).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t3']);
  });

  it('sends no token over plain http', async () => {
    const baselines = conductorBaselines('http://conductor.example', {
      ...patientPorts(answering(200, {})),
      token,
    });
    await expect(baselines.readPerf(of)).rejects.toMatchObject({ code: 'CONDUCTOR_URL_INVALID' });
  });
});

describe('a perf gate that cannot have its baseline', () => {
  const summary = {
    metrics: {
      http_req_duration: { type: 'trend', values: { 'p(95)': 100 } },
      http_req_failed: { type: 'rate', values: { rate: 0, passes: 0, fails: 9_000 } },
      http_reqs: { type: 'counter', values: { count: 9_000, rate: 90 } },
    },
    state: { testRunDurationMs: 100_000 },
  };
  const files = {
    'perf/summary.json': JSON.stringify(summary),
    'perf/baseline.json': '{"schema_version":1,"runs":[]}',
  };
  const judge = async (fetch: typeof globalThis.fetch, getToken = token) => {
    const baselines = conductorBaselines('https://conductor.example', {
      ...patientPorts(fetch),
      token: getToken,
    });
    const { result } = await runGate(perfGate, {
      rawOptions: {},
      subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/main' },
      io: { ...memoryIo(files), baselines },
      configSha256: 'c'.repeat(64),
      tool: { name: 'test', version: '1' },
    });
    return [
      result.verdict,
      ...result.findings.filter(({ level }) => level === 'error').map(({ code }) => code),
    ];
  };
  const noToken = () => Promise.reject(new PermissionError('OIDC_NOT_PERMITTED', 'no token', 'allow it'));

  it.each<[string, typeof fetch, (() => Promise<string>)?]>([
    ['nobody answers', () => Promise.reject(new TypeError('fetch failed'))],
    ['the answer is no baseline', answering(200, { runs: 'many' })],
    [
      'an answer holds what no baseline has',
      answering(200, { schema_version: 1, runs: [{ metrics: { a: 1 } }] }),
    ],
    ['the job may not ask', answering(200, {}), noToken],
  ])('decides nothing when %s, rather than compare with something weaker', async (_name, fetch, getToken) => {
    expect(await judge(fetch, getToken)).toEqual(['inconclusive', 'baseline-unreadable']);
  });

  it('goes on with the file while nothing is promoted', async () => {
    expect(await judge(answering(200, { schema_version: 1, runs: [] }))).toEqual(['pass']);
  });
});
