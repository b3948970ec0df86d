import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../../actions/perf/formats/read.ts';
import { FormatError } from '../../../actions/perf/model.ts';

const read = (text: string | Uint8Array) =>
  readRun('result', typeof text === 'string' ? new TextEncoder().encode(text) : text, 'auto');

const trend = (name: string, contains: string) => ({
  [name]: { type: 'trend', contains, values: { avg: 3, min: 1, med: 3, max: 9, 'p(95)': 6 } },
});

describe('what the formats of results have in common', () => {
  it.each([
    ['nothing', '', 'the file is empty'],
    ['blanks', ' \n\n', 'the file is empty'],
    ['a cut-off JSON', '{"metrics": {"http_reqs": ', 'not JSON: cut off, or edited'],
    ['something else', 'hello', 'not a result of k6'],
    ['JSON of something else', '{"hello": 1}', 'not a result of k6'],
    ['k6’s CSV', 'metric_name,timestamp,metric_value,check\nhttp_reqs,1,1,\n', 'k6’s CSV'],
    ['Gatling’s log', 'RUN\tshop\tx\nUSER\tshop\t1\n', 'Gatling'],
    ['Artillery', '{"aggregate": {"counters": {"http.requests": 1}}}', 'Artillery'],
    ['hey’s CSV', 'response-time,DNS+dialup,DNS,Request-write\n0.1,0,0,0\n', 'hey’s CSV'],
    ['Locust’s history', 'Timestamp,User Count,Type,Name,Requests/s\n', 'Locust’s history'],
    ['JSON lines of go test', '{"Time":"2026-05-04T12:00:00Z","Action":"run"}\n{}\n', 'without -json'],
  ])('refuses %s by name', (_what, text, message) => {
    expect(() => read(text)).toThrow(FormatError);
    expect(() => read(text)).toThrow(message);
  });

  it('unpacks gzip, and refuses a bomb', () => {
    const bench = 'BenchmarkParse 1000 12 ns/op\n';
    expect(read(gzipSync(bench))).toMatchObject({ metrics: { BenchmarkParse: { value: 12 } } });
    expect(() => read(gzipSync(bench).subarray(0, 20))).toThrow('cut off');
  });
});

/** A result that passes, of each format that says more than times of its own. */
const passing = (path: string) => readFileSync(new URL(`../../cases/perf/${path}`, import.meta.url), 'utf8');
const results = {
  'k6-summary': passing('k6-summary_pass/perf/summary.json'),
  'k6-export': passing('k6-export-thresholds-inverted_pass/perf/summary.json'),
  'k6-machine-readable': passing('k6-machine-readable_pass/perf/summary.json'),
  autocannon: passing('autocannon_pass/perf/summary.json'),
  vegeta: passing('vegeta_pass/perf/results/vegeta.json'),
  oha: passing('oha_pass/perf/results/oha.json'),
  wrk: passing('wrk_pass/perf/results/wrk.txt'),
  hey: passing('hey_pass/perf/results/hey.txt'),
  locust: passing('locust_pass/perf/results/run_stats.csv'),
  jmeter: 'timeStamp,elapsed,responseCode,success\n1777895880000,5,200,true\n1777895881000,5,200,true\n',
  'k6-stream': [
    '{"type":"Point","metric":"http_reqs","data":{"time":"2026-05-04T12:00:00Z","value":1,"tags":{"status":"200"}}}',
    '{"type":"Point","metric":"http_req_duration","data":{"time":"2026-05-04T12:00:01Z","value":5,"tags":{}}}',
  ].join('\n'),
} as const;

describe('numbers that nobody can have measured', () => {
  it.each<[what: string, tool: keyof typeof results, from: string | RegExp, to: string]>([
    ['a time that is no number', 'k6-summary', '"p(95)": 180', '"p(95)": 1e999'],
    ['a negative time', 'k6-summary', '"p(95)": 180', '"p(95)": -5'],
    ['a quantile below a lower one', 'k6-summary', '"p(95)": 180', '"p(95)": 60'],
    ['an average above the most', 'k6-summary', '"avg": 108.0', '"avg": 900'],
    ['an average below the least', 'k6-export', '"avg": 108.0', '"avg": 1'],
    ['a median above the 90th', 'k6-export', '"med": 90.0', '"med": 400'],
    [
      'more failures than requests',
      'k6-export',
      /"passes": 0,\s*"fails": 6000/,
      '"passes": 7000, "fails": 0',
    ],
    ['a share of errors above one', 'k6-export', '"value": 0.0', '"value": 1.5'],
    ['a negative share of errors', 'k6-machine-readable', '"rate": 0.0', '"rate": -0.1'],
    ['a negative count', 'k6-machine-readable', '"count": 12000', '"count": -12000'],
    ['a count without end', 'k6-machine-readable', '"count": 12000', '"count": 1e400'],
    ['requests in no time', 'k6-machine-readable', '"duration": 60.02', '"duration": 0'],
    ['a negative time', 'autocannon', '"p50": 6.666666666666667', '"p50": -1'],
    ['a 99th below the median', 'autocannon', '"p99": 28.0', '"p99": 1'],
    ['a time without end', 'autocannon', '"p99": 28.0', '"p99": 1e400'],
    ['a negative duration', 'autocannon', '"duration": 20', '"duration": -20'],
    ['more refusals than answers', 'autocannon', '"5xx": 0', '"5xx": 20000'],
    ['a negative count of errors', 'autocannon', '"errors": 0', '"errors": -50'],
    ['a 99th below the 95th', 'vegeta', '"99th": 120000000.0', '"99th": 20000000.0'],
    ['a negative time', 'vegeta', '"mean": 21000000.0', '"mean": -1'],
    ['no time at all', 'vegeta', /"duration": 60000000000.0, "wait": 20000000.0/, '"duration": 0, "wait": 0'],
    ['other requests than answers', 'vegeta', '{"200": 12000}', '{"200": 120}'],
    ['more failures than requests', 'vegeta', '"200": 12000', '"200": -12000, "500": 24000'],
    ['a 99th below the median', 'oha', '"p99": 0.12', '"p99": 0.001'],
    ['a negative time', 'oha', '"p95": 0.0482', '"p95": -0.0482'],
    ['a rate without end', 'oha', '"requestsPerSec": 200.1', '"requestsPerSec": 1e999'],
    ['more failures than requests', 'oha', '"200": 12000', '"200": -50, "500": 60'],
    ['a 99th below the median', 'wrk', '99%   11.60ms', '99%   1.60ms'],
    ['requests in no time', 'wrk', 'in 30.03s', 'in 0.00s'],
    ['more failures than requests', 'wrk', 'Requests/sec:', 'Non-2xx or 3xx responses: 99999\nRequests/sec:'],
    ['a 99th below the median', 'hey', '99%% in 0.0400', '99%% in 0.0001'],
    ['requests in no time', 'hey', '10.0201 secs', '0.0000 secs'],
    ['a 99th below the median', 'locust', /(,Aggregated.*),80,120,/, '$1,80,2,'],
    ['more failures than requests', 'locust', ',Aggregated,12000,0', ',Aggregated,12000,13000'],
    ['a negative time', 'locust', /(,Aggregated.*),21\.3,/, '$1,-21.3,'],
    ['a time without end', 'jmeter', ',5,200,true\n1', `,${'9'.repeat(400)},200,true\n1`],
    ['requests in no time', 'jmeter', /(1777895880000),5,(.*)\n.*\n/, '$1,0,$2\n$1,0,$2\n'],
    ['a negative time', 'k6-stream', '"value":5', '"value":-5'],
    ['a time without end', 'k6-stream', '"value":5', '"value":1e400'],
    ['a negative count', 'k6-stream', '"value":1', '"value":-1'],
  ])('make a result unreadable: %s (%s)', (_what, tool, from, to) => {
    const text = results[tool];
    read(text);
    const edited = text.replace(from, to);
    expect(edited).not.toBe(text);
    expect(() => read(edited)).toThrow(FormatError);
  });

  it('are told', () => {
    const edited = results['k6-summary'].replace('"p(95)": 180', '"p(95)": 60');
    expect(() => read(edited)).toThrow('latency.p90 is 162, and latency.p95 only 60');
  });
});

describe('k6', () => {
  it('knows numbers that are no times', () => {
    const summary = { metrics: { ...trend('basket', 'default'), ...trend('waiting', 'time') } };
    const { metrics } = read(JSON.stringify(summary));
    expect([metrics['basket.p95']?.unit, metrics['waiting.p95']?.unit]).toEqual(['', 'ms']);
  });
});

describe('raw samples', () => {
  /** One request each 10 ms; `elapsed` tells how long the n-th took. */
  const jtl = (count: number, elapsed: (n: number) => number) =>
    `timeStamp,elapsed,responseCode,success\n${Array.from({ length: count }, (_, n) => `${1_777_895_880_000 + n * 10},${elapsed(n)},200,true`).join('\n')}\n`;

  it('tell how much a run varies within itself', () => {
    const { metrics } = read(jtl(4_000, (n) => (n < 2_000 ? 20 : 40)));
    const { value, samples = [] } = metrics['latency.p50'] ?? {};
    expect(value).toBe(30);
    expect(samples).toHaveLength(20);
    expect(new Set(samples)).toEqual(new Set([20, 40]));
    expect(metrics['latency.p99']?.samples).toHaveLength(20);
  });

  it('are not cut into slices that hold nothing', () => {
    const { metrics } = read(jtl(300, () => 20));
    expect(metrics['latency.p50']?.samples).toHaveLength(20);
    expect(metrics['latency.p95']?.samples).toBeUndefined();
    expect(read(jtl(1, () => 20)).metrics['latency.p50']?.samples).toBeUndefined();
  });

  it('of many requests are read in seconds', () => {
    const began = performance.now();
    const { load } = read(jtl(300_000, (n) => 20 + (n % 50)));
    expect(load?.requests).toBe(300_000);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
