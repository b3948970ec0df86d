import { describe, expect, it } from 'vitest';
import { observeSettings, planGovernance } from '../../app/effects/governance.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import { readOrganisationText } from '../../app/organisation-config.ts';
import { effectiveConfig } from '../../core/config/organisation/effective.ts';
import { configPath } from '../../core/config/path.ts';
import { ConflictError, ProviderError } from '../../core/errors.ts';
import { nothingAbove } from '../../core/governance/above.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { OrganisationSight } from '../../core/ports/organisation-sight.ts';

const requires = (gates: string) =>
  `version: 1\ngovernance: { codeowners: [], rulesets: { main: { required_checks: { gates: ${gates} } } } }\n`;

/** A repository with one file, its config, and no rules at all. */
function forge(repository: string, config: string | null, organisation?: Forge['organisation']): Forge {
  const fake: Partial<Forge> = {
    repository,
    appSlug: 'conductor',
    ...(organisation && { organisation }),
    defaultBranch: async () => 'main',
    whereabouts: async () => ({ name: repository, defaultBranch: 'main' }),
    resolveRef: async () => ({ object: 'a', commit: 'a' }),
    filesAt: () => ({
      list: async () => [],
      read: async () => (config === null ? null : new TextEncoder().encode(config)),
    }),
    settings: {
      resolve: async ({ app }) => ({
        teams: new Map(),
        users: new Map(),
        apps: new Map(app.map((slug) => [slug, 1])),
      }),
      read: async () => ({ rulesets: [], environments: [], labels: [] }),
      readAbove: async () => nothingAbove,
      mergedSince: async () => [],
      apply: async () => undefined,
    },
  };
  return fake as Forge;
}

const contextOf = (own: string, organisation: Forge['organisation']) =>
  ({ forge: forge('acme/shop', own, organisation) }) as unknown as EffectContext;

async function observed(own: string, organisation: Forge['organisation']) {
  const context = contextOf(own, organisation);
  const { event } = (await observeSettings({ kind: 'observeSettings', since: null }, context)) as {
    event: { observation: { kind: string } };
  };
  return event.observation;
}

async function proposed(own: string, organisation: Forge['organisation']) {
  const effect = { kind: 'planGovernance', pullRequest: 1, headSha: 'a' } as const;
  const { event } = (await planGovernance(effect, contextOf(own, organisation))) as {
    event: { proposal: { kind: string } };
  };
  return event.proposal;
}

const organised = (config: string | null) => async () => forge('acme/.github', config);

describe('the rules of an organisation', () => {
  it('hold for a repository whose config declares weaker ones, or none', async () => {
    for (const own of ['version: 1\n', requires('[slo]')]) {
      const text = JSON.stringify(await observed(own, organised(requires('[slo, policy]'))));
      expect(text).toContain('slo-gates');
      expect(text).toContain('policy-ci');
    }
  });

  it('are told of where they are weakened, and refused where somebody proposes it', async () => {
    const found = await observed(requires('[slo]'), organised(requires('[slo, policy]')));
    expect(found).toMatchObject({ plan: { weaker: [expect.stringContaining('acme/.github/')] } });
    expect(await proposed(requires('[slo]'), organised(requires('[slo, policy]')))).toMatchObject({
      kind: 'wrong',
      problems: [
        expect.stringContaining('governance.rulesets.main.required_checks.gates: expected also policy'),
      ],
    });
  });

  it('refuse a weakening of any other section, also where no rules are declared', async () => {
    const theirs = organised('version: 1\npreviews: { budget: { preview: 1 } }\n');
    expect(await proposed('version: 1\npreviews: { budget: { preview: 9 } }\n', theirs)).toMatchObject({
      kind: 'wrong',
      problems: [expect.stringContaining('previews.budget.preview: expected at most 1, found 9')],
    });
  });

  it('are absent where the App is not installed on .github, or nothing is written there', async () => {
    expect(await observed('version: 1\n', async () => null)).toEqual({ kind: 'undeclared' });
    expect(await observed('version: 1\n', organised(null))).toEqual({ kind: 'undeclared' });
  });

  it('are not taken for absent while GitHub does not answer', async () => {
    const down = async (): Promise<Forge> => {
      throw new ProviderError('GITHUB_UNAVAILABLE', 'x', 'y', { retryable: true });
    };
    await expect(observed('version: 1\n', down)).rejects.toThrow('x');
  });

  it('make a repository unreadable when they are wrong', async () => {
    const wrong = organised('version: 1\ngovernance: { mode: maybe }\n');
    expect(await observed('version: 1\n', wrong)).toMatchObject({
      kind: 'unreadable',
      problems: [expect.stringContaining('acme/.github')],
    });
  });
});

/** acme/.github as GitHub shows it, what is remembered of its config, and what a repository of it has to hold to. */
class Home {
  name = 'acme/.github';
  head: string | null = 'c1';
  files: Readonly<Record<string, string | Uint8Array>> = { [configPath]: requires('[slo, policy]') };
  isInstalled = true;
  visible = true;
  /** Commits that the head comes after. */
  history: readonly string[] = ['c1'];
  remembered: string | null = null;

  read() {
    const shop = forge('acme/shop', 'version: 1\n', async () => (this.isInstalled ? this.#forge() : null));
    const sight: OrganisationSight = {
      lastCommit: async () => this.remembered,
      found: async (commit) => {
        this.remembered = commit;
      },
      takenBack: async (commit) => {
        if (this.remembered === commit) this.remembered = null;
      },
    };
    return readOrganisationText({ ...shop, organisationSight: sight });
  }

  #forge(): Forge {
    const notFound = () => new ConflictError('GITHUB_NOT_FOUND', 'gone', 'look');
    const encode = (one: string | Uint8Array) => (typeof one === 'string' ? Buffer.from(one) : one);
    return {
      ...forge('acme/.github', null),
      whereabouts: async () => {
        if (!this.visible) throw notFound();
        return { name: this.name, defaultBranch: 'main' };
      },
      resolveRef: async () => (this.head === null ? null : { object: this.head, commit: this.head }),
      isAncestor: async (ancestor) => {
        if (this.history.length === 0) throw notFound();
        return this.history.includes(ancestor);
      },
      filesAt: () => ({
        list: async () => Object.keys(this.files),
        read: async (path) => {
          const file = this.files[path];
          return file === undefined ? null : encode(file);
        },
      }),
    };
  }
}

describe('the config of an organisation that was there', () => {
  const afterOne = async (change: (home: Home) => void) => {
    const home = new Home();
    expect(await home.read()).toMatchObject({ text: requires('[slo, policy]') });
    change(home);
    return home;
  };

  it('is gone when a commit on top of it took it away: that is a change of rules', async () => {
    const home = await afterOne((it) => Object.assign(it, { files: {}, head: 'c2', history: ['c1', 'c2'] }));
    expect(await home.read()).toBeNull();
    Object.assign(home, { isInstalled: false });
    expect(await home.read()).toBeNull();
  });

  it.each<[string, (home: Home) => void, RegExp]>([
    [
      'the App was taken off the repository',
      (it) => (it.isInstalled = false),
      /not installed there any more/,
    ],
    [
      'the repository was deleted, or hidden from the App',
      (it) => (it.visible = false),
      /no such repository/,
    ],
    [
      'the repository was renamed or given away',
      (it) => (it.name = 'mallory/rules'),
      /become mallory\/rules/,
    ],
    ['the default branch is not there', (it) => (it.head = null), /branch main is not there/],
    [
      'another history was pushed over it',
      (it) => Object.assign(it, { files: {}, head: 'x1', history: ['x1'] }),
      /does not come after c1/,
    ],
    [
      'the repository was made anew',
      (it) => Object.assign(it, { files: {}, head: 'x1', history: [] }),
      /does not come after c1/,
    ],
    [
      'a folder stands in its place',
      (it) => Object.assign(it, { files: { [`${configPath}/a`]: '' }, head: 'c2', history: ['c1'] }),
      /no plain file/,
    ],
    ['it is no text', (it) => (it.files = { [configPath]: Uint8Array.of(0xff, 0xfe, 0) }), /UTF-8/],
  ])('stops its repositories, again and again, when %s', async (_what, change, why) => {
    const home = await afterOne(change);
    for (const _ of [1, 2]) {
      const text = await home.read();
      expect(text).toMatchObject({ text: '', problem: { message: expect.stringMatching(why) } });
      expect(effectiveConfig('version: 1\n', text)).toMatchObject({
        ok: false,
        problems: [{ rule: 'organisation-unreadable', message: expect.stringMatching(why) }],
      });
    }
    Object.assign(home, new Home(), { head: 'n1', files: { [configPath]: 'version: 1\n' }, history: [] });
    expect(await home.read()).toEqual({ text: 'version: 1\n', file: `acme/.github/${configPath}` });
  });

  it('is none where none was ever read', async () => {
    for (const change of [{ isInstalled: false }, { files: {} }, { head: null }]) {
      const home = new Home();
      Object.assign(home, change);
      expect(await home.read()).toBeNull();
    }
  });

  it('is forgotten for the commit alone that took it away', async () => {
    const home = await afterOne((it) => Object.assign(it, { files: {}, head: 'c2', history: ['c1'] }));
    const before = home.read();
    home.remembered = 'c3';
    await before;
    expect(home.remembered).toBe('c3');
  });
});
