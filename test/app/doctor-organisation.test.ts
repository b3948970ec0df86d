import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedRequests } from '../../app/doctor/shared-requests.ts';
import { examineGithub } from '../../app/doctor.ts';
import type { LocalGithub } from '../../sandbox/github/index.ts';
import { startSample } from '../sandbox/github/support.ts';

describe('requests of one report', () => {
  const answering = (...answers: readonly Response[]) => {
    const sent: string[] = [];
    const send: typeof fetch = async (input) => {
      sent.push(String(input));
      return answers[Math.min(sent.length, answers.length) - 1]?.clone() ?? new Response('{}');
    };
    return { sent, send };
  };
  const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const never = () => Promise.reject(new Error('nobody asked for patience'));

  it('that ask the same of the same account are one, also while the first is on its way', async () => {
    const { sent, send } = answering(new Response('{"a":1}'));
    const { fetch, asked } = sharedRequests(send, never);
    const [one, two] = await Promise.all([fetch('http://x/a', as('t')), fetch('http://x/a', as('t'))]);
    expect([await one.json(), await two.json()]).toEqual([{ a: 1 }, { a: 1 }]);
    await fetch('http://x/a', as('other'));
    await fetch('http://x/a', as('h.p.s'));
    await fetch('http://x/a', as('h.p.another'));
    await fetch('http://x/b', as('t'));
    await fetch('http://x/b', { ...as('t'), method: 'POST' });
    await fetch('http://x/b', { ...as('t'), method: 'POST' });
    expect(sent).toHaveLength(6);
    expect(asked).toEqual({ sent: 6, shared: 2 });
  });

  it('that failed are asked again by whoever comes next', async () => {
    let calls = 0;
    const send: typeof fetch = async () => {
      calls += 1;
      if (calls === 1) throw new TypeError('fetch failed');
      return new Response('{}');
    };
    const { fetch } = sharedRequests(send, never);
    await expect(fetch('http://x/a')).rejects.toThrow('fetch failed');
    expect((await fetch('http://x/a')).status).toBe(200);
  });

  it.each([403, 429])('wait as long as GitHub asks for, all of them (%i)', async (status) => {
    const limited = new Response('{}', { status, headers: { 'retry-after': '7' } });
    const { sent, send } = answering(limited, new Response('{}'));
    const waits: number[] = [];
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { fetch } = sharedRequests(send, (ms) => {
      waits.push(ms);
      return over;
    });
    const first = fetch('http://x/a');
    await new Promise((resolve) => setImmediate(resolve));
    const second = fetch('http://x/b');
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual(['http://x/a']);
    end();
    expect((await first).status).toBe(200);
    expect((await second).status).toBe(200);
    expect(waits).toEqual([7_000]);
  });

  it('wait not for hours, nor for ever, nor for what is forbidden', async () => {
    const withHeader = (seconds: string) =>
      new Response('{}', { status: 403, headers: { 'retry-after': seconds } });
    const hours = sharedRequests(answering(withHeader('3600')).send, never);
    expect((await hours.fetch('http://x')).status).toBe(403);
    const again = answering(withHeader('1'));
    expect((await sharedRequests(again.send, async () => undefined).fetch('http://x')).status).toBe(403);
    expect(again.sent).toHaveLength(3);
    const forbidden = sharedRequests(answering(new Response('{}', { status: 403 })).send, never);
    expect((await forbidden.fetch('http://x')).status).toBe(403);
  });
});

describe('a whole organisation', () => {
  let github: LocalGithub;
  const repositories = 12;
  beforeAll(async () => {
    github = await startSample();
    for (let n = 1; n < repositories; n += 1)
      await github.addRepository(`service-${n}`, new Map([['README.md', '# a\n']]));
  });
  afterAll(() => github.close());

  it('is looked at side by side, in the order of names, five requests at most at once', async () => {
    const { appId, privateKeyPem } = github.app;
    const env = { APP_ID: String(appId), PRIVATE_KEY: privateKeyPem, GITHUB_API_URL: github.apiUrl };
    let [open, most] = [0, 0];
    const counted: typeof fetch = async (input, init) => {
      open += 1;
      most = Math.max(most, open);
      return fetch(input, init).finally(() => {
        open -= 1;
      });
    };
    const { fetch: shared, asked } = sharedRequests(counted, () => Promise.reject(new Error('limited')));
    const examined = await examineGithub({ env, fetch: shared }, { kind: 'organisation', owner: 'acme' });
    const names = examined.slice(1).map(({ subject }) => subject);
    expect(names).toHaveLength(repositories);
    expect(names).toEqual(names.toSorted());
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(5);
    const perRepository = asked.sent / repositories;
    console.info(
      `${asked.sent} requests, ${perRepository.toFixed(1)} for each repository, ${asked.shared} shared`,
    );
    expect(perRepository).toBeLessThan(12);
    const alone = await Promise.all(
      ['acme/service-1', 'acme/service-2'].map(async (repository) => {
        const scope = { kind: 'repository', repository, folder: null } as const;
        return (await examineGithub({ env, fetch }, scope)).at(-1);
      }),
    );
    for (const one of alone) expect(examined.find(({ subject }) => subject === one?.subject)).toEqual(one);
  });
});
