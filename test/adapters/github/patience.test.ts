import { describe, expect, it } from 'vitest';
import { type OctokitRequest, patientRequests, type RequestClock } from '../../../adapters/github/index.ts';
import type { Pauses } from '../../../core/ports/pauses.ts';

/** A GitHub that answers once with a limit, and a clock that stands still until somebody waits. */
class Limited implements OctokitRequest, RequestClock {
  readonly asked: string[] = [];
  readonly waited: number[] = [];
  time = 1_000_000;
  readonly #seconds: number;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  async request(route: string): Promise<{ status: number; headers: Record<string, unknown>; data: unknown }> {
    this.asked.push(route);
    if (this.asked.length > 1) return { status: 200, headers: {}, data: null };
    const headers = { 'retry-after': String(this.#seconds) };
    throw Object.assign(new Error('limit'), { status: 429, response: { headers } });
  }

  now(): number {
    return this.time;
  }

  deadline(): undefined {
    return undefined;
  }

  async wait(ms: number): Promise<void> {
    this.waited.push(ms);
    this.time += ms;
  }
}

class SharedPauses implements Pauses {
  stored = 0;
  broken = false;

  async until(): Promise<number> {
    if (this.broken) throw new Error('no store');
    return this.stored;
  }

  async remember(until: number): Promise<void> {
    this.stored = Math.max(this.stored, until);
  }
}

describe('after a rate limit', () => {
  it('nobody asks before the time that GitHub named, whatever the route', async () => {
    const github = new Limited(60);
    const octokit = patientRequests(github, github);
    await expect(octokit.request('GET /a')).rejects.toMatchObject({ status: 429 });
    await expect(octokit.request('GET /b')).rejects.toMatchObject({
      code: 'GITHUB_RATE_LIMIT',
      retryable: true,
      retryAt: 1_060_000,
    });
    github.time = 1_060_000;
    await octokit.request('GET /b');
    expect(github.asked).toEqual(['GET /a', 'GET /b']);
  });

  it('neither does another replica, nor one that has just started', async () => {
    const pauses = new SharedPauses();
    const github = new Limited(60);
    const first = patientRequests(github, github, pauses);
    await expect(first.request('GET /a')).rejects.toMatchObject({ status: 429 });
    const second = patientRequests(github, github, pauses);
    await expect(second.request('GET /b')).rejects.toMatchObject({ retryAt: 1_060_000 });
    expect(github.asked).toEqual(['GET /a']);
  });

  it('nobody asks while the store does not say whether anybody may', async () => {
    const pauses = new SharedPauses();
    pauses.broken = true;
    const github = new Limited(60);
    await expect(patientRequests(github, github, pauses).request('GET /a')).rejects.toThrow('no store');
    expect(github.asked).toEqual([]);
  });

  it('who could not tell the others waits all the same', async () => {
    const pauses = new SharedPauses();
    const github = new Limited(60);
    const octokit = patientRequests(github, github, {
      ...pauses,
      until: () => pauses.until(),
      remember: () => Promise.reject(new Error('no store')),
    });
    await expect(octokit.request('GET /a')).rejects.toMatchObject({ status: 429 });
    await expect(octokit.request('GET /b')).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMIT' });
  });

  it('a short wait is waited for in place', async () => {
    const github = new Limited(2);
    const octokit = patientRequests(github, github);
    await expect(octokit.request('GET /a')).rejects.toMatchObject({ status: 429 });
    await octokit.request('GET /b');
    expect(github.waited).toEqual([2_000]);
  });
});

describe('what a gateway did not deliver', () => {
  const failing = (status: number, times: number) => {
    const asked: string[] = [];
    const octokit = {
      request: async (route: string) => {
        asked.push(route);
        if (asked.length <= times)
          throw Object.assign(new Error('failed'), { status, response: { headers: {}, data: {} } });
        return { status: 200, headers: {}, data: 'read' };
      },
    };
    return { octokit: patientRequests(octokit), asked };
  };

  it.each([502, 503, 504])('is asked for again once after %d, when it is read', async (status) => {
    const { octokit } = failing(status, 1);
    expect(await octokit.request('GET /a')).toMatchObject({ data: 'read' });
    const twice = failing(status, 2);
    await expect(twice.octokit.request('GET /a')).rejects.toMatchObject({ status });
    expect(twice.asked).toHaveLength(2);
  });

  it.each([
    ['GET /a', 500],
    ['GET /a', 404],
    ['POST /a', 502],
    ['PATCH /a', 503],
  ])(
    'is not when %s was answered with %d: that was an answer, or it may have arrived',
    async (route, status) => {
      const { octokit, asked } = failing(status, 1);
      await expect(octokit.request(route)).rejects.toMatchObject({ status });
      expect(asked).toHaveLength(1);
    },
  );
});
