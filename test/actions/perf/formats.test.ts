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

describe('numbers that nobody can have measured', () => {
  const summary = (p95: string) =>
    `{"metrics": {"http_req_duration": {"type": "trend", "contains": "time", "values": {"avg": 3, "p(95)": ${p95}}}}}`;

  it.each(['1e999', '-5'])('make a result unreadable: %s', (p95) => {
    expect(() => read(summary(p95))).toThrow('latency.p95');
    expect(read(summary('5')).metrics['latency.p95']?.value).toBe(5);
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
