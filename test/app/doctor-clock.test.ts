import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clockOf } from '../../app/doctor/clock.ts';
import { FakeWorld, folderWith } from '../cli/support.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const at = (ms: number): string => new Date(noon + ms).toUTCString();

describe('the clock, measured against GitHub’s', () => {
  it.each<[string, string | null, number, number, string]>([
    ['agrees', at(0), 0, 200, "ok: this clock agrees with GitHub's"],
    ['agrees within a slow answer', at(4_000), 0, 9_000, "ok: this clock agrees with GitHub's"],
    ['is a little ahead', at(-10_000), 0, 100, "ok: this clock is 10 s ahead of GitHub's"],
    ['is too far ahead', at(-45_000), 0, 100, "problem: this clock is 45 s ahead of GitHub's"],
    ['is hours behind', at(7_200_000), 0, 100, "problem: this clock is 7200 s behind GitHub's"],
    ['cannot be compared', null, 0, 100, 'unknown: GitHub does not say what time it is'],
    ['cannot be compared with words', 'tomorrow', 0, 100, 'unknown: GitHub does not say what time it is'],
  ])('%s', (_name, date, asked, answered, wanted) => {
    const { state, detail } = clockOf(date, noon + asked, noon + answered);
    expect(`${state}: ${detail}`).toBe(wanted);
  });

  it('is told with its remedy when GitHub’s is five minutes ahead', async () => {
    const server = createServer((_request, response) => {
      response.sendDate = false;
      response.writeHead(200, { date: new Date(Date.now() + 300_000).toUTCString() }).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const GITHUB_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const shell = new FakeWorld(
      await folderWith({}),
      { GITHUB_API_URL, DATABASE_URL: 'postgres://127.0.0.1:1/x', PORT: '0' },
      fetch,
    );
    expect(await shell.run('doctor')).toBe(1);
    expect(shell.stdout).toMatch(/✖ github: this clock is (299|300|301) s behind GitHub's\n {2}→ .*NTP/);
  });
});
