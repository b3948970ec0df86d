import { describe, expect, it } from 'vitest';
import { historyOf, readHistory } from '../../../core/canary/read-history.ts';
import type { MetricsSource, Series } from '../../../core/ports/metrics.ts';
import { config } from '../support/facts.ts';

const window = { from: 0, to: 40_000, step: 10_000 };
const counter = (code: string, values: readonly number[], instance = 'a'): Series => ({
  labels: { code, version: 'v1.0.0', instance },
  points: values.map((value, i) => ({ at: i * 10_000, value })),
});
const isError = ({ code }: Series['labels']): boolean => code === '500';

describe('the history of the baseline', () => {
  it('counts requests and errors of all processes in each interval', () => {
    const series = [
      counter('200', [100, 110, 130, 160, 200]),
      counter('500', [1, 1, 4, 4, 5]),
      counter('200', [0, 5, 5, 5, 5], 'b'),
    ];
    expect(historyOf(series, isError, window)).toEqual([
      { requests: 15, events: 0 },
      { requests: 23, events: 3 },
      { requests: 30, events: 0 },
      { requests: 41, events: 1 },
    ]);
  });

  it.each([
    ['a counter that begins anew', counter('200', [50, 60, 2, 4, 6]), [10, 0, 2, 2]],
    ['a value that is none', counter('200', [50, 60, Number.NaN, 80, 90]), [10, 0, 0, 10]],
    [
      'a gap',
      { ...counter('200', []), points: [0, 10_000, 40_000].map((at) => ({ at, value: at })) },
      [10_000, 0, 0, 0],
    ],
  ])('adds nothing where there is %s', (_name, series, requests) => {
    expect(historyOf([series], isError, window).map((one) => one.requests)).toEqual(requests);
  });

  it('is asked of the baseline alone, and is empty where there is none', async () => {
    const asked: unknown[] = [];
    const source: MetricsSource = {
      read: async () => [],
      range: async (...question) => {
        asked.push(question);
        return [{ labels: { version: 'v1.0.0', code: '200' }, points: [{ at: 1, value: 7 }] }];
      },
    };
    const { metrics } = config();
    const request = {
      metrics,
      environment: 'production',
      version: 'v1.0.0',
      to: 1_800_000,
      interval: 10_000,
    };
    const history = await readHistory(source, request);
    expect(asked).toEqual([
      ['http_requests_total', expect.anything(), { from: 0, to: 1_800_000, step: 10_000 }],
    ]);
    expect(history.every(({ requests }) => requests === 0)).toBe(true);
  });
});
