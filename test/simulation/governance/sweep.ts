import { githubForge, type OctokitRequest } from '../../../adapters/github/index.ts';
import { observeSettings } from '../../../app/effects/governance.ts';
import type { EffectContext } from '../../../app/effects/performer.ts';
import { dueBetween } from '../../../app/jobs/slots.ts';
import { sha256Hex } from '../../support/digest.ts';

const minute = 60_000;
/** When GitHub has no answer for what is asked. */
const notFound = (route: string): Error => Object.assign(new Error(`no ${route}`), { status: 404 });

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
const answers: Readonly<Record<string, object>> = {
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
  'GET /repos/{owner}/{repo}/branches/{branch}': { protection: { enabled: false } },
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
      const answer = answers[route];
      if (answer === undefined) throw notFound(route);
      const data =
        route === 'GET /repos/{owner}/{repo}'
          ? { ...answer, full_name: `${parameters.owner}/${parameters.repo}` }
          : answer;
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

/** One look at every repository, by the virtual clock. */
export interface Round {
  readonly calls: number;
  /** Of them, those that count against the rate limit. */
  readonly counted: number;
  /** Until every repository has had its turn. */
  readonly minutes: number;
  /** What the dearest sixty minutes in a row cost, counted. */
  readonly dearestHour: number;
  /** Looks whose outcome was no comparison: there must be none. */
  readonly unread: number;
}

/**
 * Looks at so many repositories of one organisation, with a ruleset, an environment and a label each, through the real
 * look, the real GitHub adapter and the real turns: first where no answer is known, then where nothing has changed.
 *
 * @param hasOrganisation whether the owner has a config of its own in `.github`.
 */
export async function sweep(
  count: number,
  hasOrganisation: boolean,
): Promise<{ readonly first: Round; readonly quiet: Round; readonly allowed: number }> {
  const organisation = new Organisation();
  const clock = { now: () => 0, deadline: () => undefined, wait: async () => undefined };
  const options = { octokit: organisation.octokit, appSlug: 'release-conductor', clock };
  const all = Array.from({ length: count }, (_, n) => ({ repository: `acme/r${n}` }));
  const shared = githubForge({ ...options, repository: 'acme/.github' });
  const forges = new Map(
    all.map(({ repository }) => {
      const forge = githubForge({ ...options, repository });
      return [repository, hasOrganisation ? { ...forge, organisation: async () => shared } : forge] as const;
    }),
  );
  const look = async (repository: string): Promise<boolean> => {
    const context = { forge: forges.get(repository) } as unknown as EffectContext;
    const { event } = (await observeSettings({ kind: 'observeSettings', since: null }, context)) as {
      event: { observation: { kind: string } };
    };
    return event.observation.kind === 'read';
  };
  const round = async (start: number): Promise<Round> => {
    const before = organisation.now();
    const minutes: number[] = [];
    let looked = 0;
    let unread = 0;
    for (let at = start; looked < all.length; at += minute) {
      const earlier = organisation.now();
      const due = dueBetween(all, at, at + minute);
      for (const { repository } of due) if (!(await look(repository))) unread += 1;
      looked += due.length;
      minutes.push(organisation.since(earlier).counted);
    }
    const hourFrom = (n: number): number =>
      minutes.slice(n, n + 60).reduce((sum, counted) => sum + counted, 0);
    return {
      ...organisation.since(before),
      minutes: minutes.length,
      dearestHour: Math.max(...minutes.map((_, n) => hourFrom(n))),
      unread,
    };
  };
  const start = 1_700_000_000_000;
  const first = await round(start);
  const quiet = await round(start + first.minutes * minute);
  // 5,000 calls an hour, and 50 for each repository beyond 20, up to 12,500 (GitHub's limit of an installation).
  return { first, quiet, allowed: Math.min(12_500, 5_000 + 50 * Math.max(0, count - 20)) };
}
