import { describe, expect, it } from 'vitest';
import { githubForge, type OctokitRequest } from '../../adapters/github/index.ts';
import { observeSettings } from '../../app/effects/governance.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import { dueBetween, roundOf } from '../../app/jobs/slots.ts';
import { sha256Hex } from '../support/digest.ts';

const minute = 60_000;
const hour = 60 * minute;
const names = (count: number) => Array.from({ length: count }, (_, n) => ({ repository: `acme/r${n}` }));

describe('the turns of the hourly look', () => {
  it.each([
    [1, 60],
    [500, 60],
    [501, 120],
    [1_000, 120],
    [10_000, 1_200],
  ])('of %i repositories take %i minutes', (count, minutes) => expect(roundOf(count)).toBe(minutes));

  it('take each repository once in a round, at most about three times the mean in one minute', () => {
    const all = names(1_000);
    const start = 1_700_000_000_000;
    const turns = Array.from({ length: 120 }, (_, n) =>
      dueBetween(all, start + n * minute, start + (n + 1) * minute),
    );
    expect(turns.flat().toSorted()).toHaveLength(1_000);
    expect(new Set(turns.flat()).size).toBe(1_000);
    expect(Math.max(...turns.map(({ length }) => length))).toBeLessThan(30);
  });

  it('make up for minutes that were missed, and take all after a whole round or at the start', () => {
    const all = names(300);
    const now = 1_700_000_000_000;
    const missed = dueBetween(all, now - 7 * minute, now);
    const singly = Array.from({ length: 7 }, (_, n) =>
      dueBetween(all, now - (7 - n) * minute, now - (6 - n) * minute),
    );
    expect(new Set(missed)).toEqual(new Set(singly.flat()));
    expect(dueBetween(all, now - hour, now)).toEqual(all);
    expect(dueBetween(all, 0, now)).toEqual(all);
  });

  it('come once when the job runs twice in a minute', () => {
    const now = Math.floor(1_700_000_000_000 / minute) * minute;
    expect(dueBetween(names(300), now, now + 30_000)).toEqual([]);
  });
});

const config = `version: 1
gates: {}
governance:
  rulesets:
    main: { required_checks: { gates: all } }
  environments:
    production: { refs: { tags: ["v*"] } }
  labels:
    preview: { color: 1d76db }
`;
const sha = 'a'.repeat(40);

/** What a governed repository answers. */
const answers: Readonly<Record<string, unknown>> = {
  'GET /repos/{owner}/{repo}': { default_branch: 'main' },
  'GET /repos/{owner}/{repo}/git/ref/{ref}': { object: { sha, type: 'commit' } },
  'GET /repos/{owner}/{repo}/contents/{+path}': {
    type: 'file',
    sha,
    size: config.length,
    encoding: 'base64',
    content: Buffer.from(config).toString('base64'),
  },
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': {
    tree: [{ path: '.github/release-conductor.yml', type: 'blob' }],
  },
  'GET /orgs/{org}/teams': [{ id: 1, slug: 'release-managers' }],
  'GET /apps/{app_slug}': { id: 4_711 },
  'GET /repos/{owner}/{repo}/rulesets': [{ id: 1, name: 'main' }],
  'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}': {
    name: 'main',
    target: 'branch',
    enforcement: 'active',
    bypass_actors: [],
    rules: [],
  },
  'GET /repos/{owner}/{repo}/environments': { environments: [{ name: 'production', protection_rules: [] }] },
  'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules': {
    custom_deployment_protection_rules: [],
  },
  'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies': {
    branch_policies: [],
  },
  'GET /repos/{owner}/{repo}/labels': [{ name: 'preview', color: '1d76db', description: null }],
  'GET /repos/{owner}/{repo}/pulls': [],
};

/** An organisation that counts what it is asked, and what of it counts against the rate limit. */
class Organisation {
  calls = 0;
  counted = 0;

  readonly octokit: OctokitRequest = {
    request: async (route, parameters = {}) => {
      this.calls += 1;
      const data = answers[route];
      if (data === undefined) throw Object.assign(new Error(`no ${route}`), { status: 404 });
      const etag = sha256Hex(JSON.stringify(data));
      const known = (parameters.headers as Record<string, unknown> | undefined)?.['if-none-match'];
      if (known === etag) throw Object.assign(new Error('Not Modified'), { status: 304 });
      this.counted += 1;
      return { status: 200, headers: { etag }, data };
    },
  };

  since(before: { readonly calls: number; readonly counted: number }) {
    return { calls: this.calls - before.calls, counted: this.counted - before.counted };
  }

  now() {
    return { calls: this.calls, counted: this.counted };
  }
}

describe('a sweep of 1,000 repositories', () => {
  it('is spread over two hours, within the rate limit even where no answer is known, and nearly free where all are', async () => {
    const organisation = new Organisation();
    const clock = { now: () => 0, deadline: () => undefined, wait: async () => undefined };
    const options = { octokit: organisation.octokit, appSlug: 'release-conductor', clock };
    const all = names(1_000);
    const forges = new Map(
      all.map(({ repository }) => [repository, githubForge({ ...options, repository })]),
    );
    const look = async (repository: string): Promise<void> => {
      const forge = forges.get(repository);
      const context = { forge } as unknown as EffectContext;
      const { event } = (await observeSettings({ kind: 'observeSettings', since: null }, context)) as {
        event: { observation: { kind: string } };
      };
      expect(event.observation).toMatchObject({ kind: 'read' });
    };

    /** One round by the virtual clock: how long it took, and what its dearest hour cost. */
    const round = async (start: number) => {
      const before = organisation.now();
      const minutes: { readonly calls: number; readonly counted: number }[] = [];
      let looked = 0;
      for (let at = start; looked < all.length; at += minute) {
        const earlier = organisation.now();
        const due = dueBetween(all, at, at + minute);
        for (const { repository } of due) await look(repository);
        looked += due.length;
        minutes.push(organisation.since(earlier));
      }
      const hourFrom = (n: number) => minutes.slice(n, n + 60).reduce((sum, { counted }) => sum + counted, 0);
      return {
        ...organisation.since(before),
        minutes: minutes.length,
        dearestHour: Math.max(...minutes.map((_, n) => hourFrom(n))),
      };
    };

    const first = await round(1_700_000_000_000);
    const quiet = await round(1_700_000_000_000 + 120 * minute);
    // The figures of docs/governance.md.
    expect(first).toMatchObject({ calls: 12_000, counted: 12_000, minutes: 120, dearestHour: 6_252 });
    expect(quiet).toMatchObject({ calls: 9_000, counted: 0, minutes: 120 });
    // 5,000 calls an hour, and 50 for each repository beyond 20, up to 12,500.
    expect(first.dearestHour).toBeLessThan(12_500);
  });
});
