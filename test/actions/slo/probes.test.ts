import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGoldenPaths } from '../../../actions/slo/probes/golden-paths.ts';
import { judgeProbe, probeEvidence } from '../../../actions/slo/probes/judge.ts';
import { joinUrl, performProbes } from '../../../actions/slo/probes/perform.ts';
import { guardedFetch } from '../../../adapters/node-io/guarded-fetch.ts';

let server: Server;
let base: string;
const seen: { method: string; url: string; type: string; body: string }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      type: request.headers['content-type'] ?? '',
      body,
    });
    if (request.url?.startsWith('/shop/silent')) return;
    if (request.url?.startsWith('/shop/moved')) {
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
      return;
    }
    response
      .writeHead(201, { 'content-type': 'application/json' })
      .end('{"id":7,"items":[{"a/b":"tea","secret":"hunter2"}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const walk = async (yaml: string, timeout = '300ms') => {
  const catalogue = parseGoldenPaths(
    new TextEncoder().encode(`timeout: ${timeout}\npaths:\n${yaml}`),
    'golden_paths.yaml',
  );
  const clock = { now: () => Date.now() };
  const records = await performProbes(catalogue, base, { fetch: guardedFetch([new URL(base).host]), clock });
  return records.map(judgeProbe);
};

describe('walking golden paths', () => {
  it('sends what the path says and checks what comes back', async () => {
    const [probe] = await walk(`
  - name: order
    method: POST
    path: /orders?gift=1
    body: {product: tea}
    expect:
      status: [200, 201]
      headers: {content-type: JSON}
      body: {contains: tea, not_contains: [Exception], json: {/id: 7, /items/0/a~1b: tea}, json_exists: [/items]}`);
    expect(probe).toMatchObject({ verdict: 'pass', problems: [] });
    expect(seen.at(-1)).toEqual({
      method: 'POST',
      url: '/shop/orders?gift=1',
      type: 'application/json',
      body: '{"product":"tea"}',
    });
  });

  it('says everything that is not as expected, and nothing of what the body holds', async () => {
    const [probe] = await walk(`
  - name: order
    path: /orders
    expect: {status: 2xx, headers: {x-cache: HIT}, body: {contains: [coffee], not_contains: hunter2, json: {/id: 8, /nothing: 1}, json_exists: [/x]}}`);
    expect(probe?.verdict).toBe('fail');
    expect(probe?.problems).toEqual([
      'header x-cache lacks "HIT"',
      'body lacks "coffee"',
      'body contains "hunter2"',
      'body at /id is not 8',
      'body at /nothing is not 1',
      'body has nothing at /x',
    ]);
    const evidence = new TextDecoder().decode(probe && probeEvidence(probe).bytes);
    expect(evidence).not.toContain('"secret"');
  });

  it('fails a path that does not answer in time, and does not follow a redirect', async () => {
    const [silent, moved] = await walk(`
  - {name: silent, path: /silent}
  - {name: moved, path: /moved, expect: {status: 302}}`);
    expect(silent).toMatchObject({ verdict: 'fail', problems: ['no answer within 300 ms'] });
    expect(moved).toMatchObject({ verdict: 'pass' });
  });

  it('times out also when garbage is collected while it waits', async () => {
    // A signal that is only held weakly is lost then, and a silent server would hang the run.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 10);
    const [silent] = await walk('  - {name: silent, path: /silent}');
    clearInterval(collecting);
    expect(silent?.problems).toEqual(['no answer within 300 ms']);
  }, 5_000);

  it('is slow when its median is', async () => {
    const [probe] = await walk('  - {name: slow, path: /x, attempts: 3, expect: {latency: 0ms}}');
    const fast = judgeProbe({
      ...(probe?.record ?? never()),
      attempts: [1, 900, 2].map((latencyMs) => ({
        status: 201,
        latencyMs,
        problems: [],
        unreachable: false,
      })),
    });
    expect(fast.problems).toEqual(['took 2 ms, expected at most 0 ms']);
  });

  it('refuses a host that the config does not allow', async () => {
    const catalogue = parseGoldenPaths(new TextEncoder().encode('paths: [{name: a, path: /}]'), 'g.yaml');
    const io = { fetch: guardedFetch(['example.com']), clock: { now: () => 0 } };
    await expect(performProbes(catalogue, base, io)).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' });
  });

  it.each([
    ['/a', 'http://h.test/shop/a'],
    ['//evil.test/a', 'http://h.test/shop/evil.test/a'],
    ['/../../admin', 'http://h.test/admin'],
    ['/a?b=c?d', 'http://h.test/shop/a?b=c?d'],
    ['/\\evil.test', 'http://h.test/shop/evil.test'],
  ])('keeps %s on its host', (path, expected) => {
    expect(joinUrl('http://h.test/shop/', path).href).toBe(expected);
  });

  it.each([
    ['no path', 'paths: [{name: a}]', 'g.yaml:1: paths.0.path'],
    ['a typo', 'paths:\n  - {name: a, path: /, expcet: {}}', 'expcet'],
    ['two of one name', 'paths: [{name: a, path: /}, {name: a, path: /b}]', 'two paths have one name'],
    ['a name that is a path', 'paths: [{name: ../a, path: /}]', 'lower-case name'],
    ['not YAML', 'paths: [', 'not YAML'],
  ])('refuses a catalogue with %s', (_what, text, message) => {
    expect(() => parseGoldenPaths(new TextEncoder().encode(text), 'g.yaml')).toThrow(message);
  });
});

function never(): never {
  throw new Error('there is a probe');
}
