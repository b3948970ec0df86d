import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scrapeSource } from '../../../adapters/scrape/index.ts';
import { type ExpositionServer, startExposition } from '../../support/exposition-server.ts';

let service: ExpositionServer;
let time = 1_000;
const clock = { now: () => time };
const source = () => scrapeSource({ url: service.url, fetch, clock });

beforeEach(async () => {
  time = 1_000;
  service = await startExposition('requests_total{code="200"} 5\nrequests_total{code="503"} 1\n');
});
afterEach(() => service.close());

describe('a direct scrape', () => {
  it('reads series by name and labels', async () => {
    expect(await source().read('requests_total', { code: '5xx' })).toEqual([
      { labels: { code: '503' }, points: [{ at: 1_000, value: 1 }] },
    ]);
  });

  it('has no history: a range is one point', async () => {
    const series = await source().range('requests_total', {}, { from: 0, to: 1_000, step: 10 });
    expect(series.map(({ points }) => points.length)).toEqual([1, 1]);
  });

  it('shares one scrape between reads of the same moment, not later', async () => {
    const scraped = source();
    await scraped.read('requests_total', {});
    service.text = 'requests_total{code="200"} 9\n';
    expect((await scraped.read('requests_total', { code: '200' }))[0]?.points[0]?.value).toBe(5);
    time += 1_000;
    expect((await scraped.read('requests_total', { code: '200' }))[0]?.points[0]?.value).toBe(9);
  });

  it('forgets a scrape that failed', async () => {
    const scraped = source();
    service.status = 500;
    await expect(scraped.read('requests_total', {})).rejects.toMatchObject({
      code: 'SCRAPE_ERROR',
      retryable: true,
    });
    service.status = 200;
    expect(await scraped.read('requests_total', {})).toHaveLength(2);
  });

  it.each([
    ['401', 401, '', 'SCRAPE_FORBIDDEN'],
    ['404', 404, '', 'SCRAPE_ERROR'],
    ['a malformed line', 200, 'requests_total five\n', 'EXPOSITION_MALFORMED'],
  ])('says which: %s', async (_what, status, text, code) => {
    Object.assign(service, { status, text });
    await expect(source().read('requests_total', {})).rejects.toMatchObject({ code });
  });

  it('calls half an OpenMetrics exposition broken', async () => {
    service.type = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
    await expect(source().read('requests_total', {})).rejects.toMatchObject({ code: 'EXPOSITION_MALFORMED' });
  });

  it('adds /metrics to a bare address', async () => {
    const bare = scrapeSource({ url: `http://${service.host}`, fetch, clock });
    expect(await bare.read('requests_total', {})).toHaveLength(2);
  });

  it('stops at the size limit', async () => {
    const small = scrapeSource({ url: service.url, fetch, clock, maxBytes: 10 });
    await expect(small.read('requests_total', {})).rejects.toMatchObject({ code: 'EXPOSITION_TOO_LARGE' });
  });

  it('is unreachable when nobody listens', async () => {
    await service.close();
    await expect(source().read('requests_total', {})).rejects.toMatchObject({
      code: 'SCRAPE_UNREACHABLE',
      retryable: true,
    });
    service = await startExposition('');
  });
});
