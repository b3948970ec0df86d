import { describe, expect, it } from 'vitest';
import { applyGovernance, observeSettings, planGovernance as planOf } from '../../app/effects/governance.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import { governanceSchema } from '../../core/config/governance.ts';
import { PermissionError, ProviderError } from '../../core/errors.ts';
import { nothingAbove } from '../../core/governance/above.ts';
import type { Change } from '../../core/governance/compare.ts';
import { desiredSettings } from '../../core/governance/desired.ts';
import { planGovernance } from '../../core/governance/plan.ts';
import type { Settings } from '../../core/governance/settings.ts';
import type { Forge } from '../../core/ports/forge.ts';

const text = `version: 1
governance:
  codeowners: []
  rulesets: { main: { required_checks: { gates: [policy] } }, tags: { target: tag, include: ["refs/tags/v*"] } }
  labels: { preview: { color: 1d76db } }
`;
const config = governanceSchema.parse({
  codeowners: [],
  rulesets: {
    main: { required_checks: { gates: ['policy'] } },
    tags: { target: 'tag', include: ['refs/tags/v*'] },
  },
  labels: { preview: { color: '1d76db' } },
});
const nothing: Settings = { rulesets: [], environments: [], labels: [] };
const wanted = desiredSettings(config, 'conductor');
const plan = planGovernance(config, nothing, 'conductor');

/** A repository on GitHub: settings that are written one after the other. */
class Repository {
  live: Settings;
  readonly written: string[] = [];
  /** Runs before each write. */
  before: (change: Change) => void = () => undefined;
  config: string | null = text;
  readonly teams = new Map([['ops', 7]]);
  readonly users = new Map([['mia', 8]]);
  readonly gone = new Set<string>();
  isLink = false;

  constructor(live: Settings = nothing) {
    this.live = live;
  }

  context(organisation: string | null = null): EffectContext {
    const files = (config: string | null) => ({
      list: async () => [],
      isLink: async () => this.isLink,
      read: async () => (config === null ? null : new TextEncoder().encode(config)),
    });
    const common = {
      appSlug: 'conductor',
      defaultBranch: async () => 'main',
      resolveRef: async () => ({ object: 'a', commit: 'a' }),
    };
    const forge: Partial<Forge> = {
      ...common,
      repository: 'acme/shop',
      filesAt: () => files(this.config),
      organisation: async () =>
        organisation === null
          ? null
          : ({
              ...common,
              repository: 'acme/.github',
              whereabouts: async () => ({ name: 'acme/.github', defaultBranch: 'main' }),
              filesAt: () => files(organisation),
            } as Partial<Forge> as Forge),
      settings: {
        resolve: async ({ app }) => ({
          teams: this.teams,
          users: this.users,
          apps: new Map(app.filter((slug) => !this.gone.has(slug)).map((slug) => [slug, 1])),
        }),
        read: async () => this.live,
        readAbove: async () => nothingAbove,
        mergedSince: async () => [],
        apply: async (change) => {
          this.before(change);
          this.written.push(change.name);
          const list = `${change.kind}s` as keyof Settings;
          const others = this.live[list].filter(({ name }) => name !== change.name);
          this.live = { ...this.live, [list]: [...others, ...(change.after === null ? [] : [change.after])] };
        },
      },
    };
    return { forge } as unknown as EffectContext;
  }

  async apply({ hash, changes } = plan): Promise<{
    readonly done: readonly string[];
    readonly problem: string | null;
  }> {
    const effect = { kind: 'applyGovernance', hash, changes } as const;
    const { event } = (await applyGovernance(effect, this.context())) as { event: never };
    return event;
  }
}

describe('carrying a plan out', () => {
  it('writes each change once', async () => {
    const repository = new Repository();
    expect(await repository.apply()).toMatchObject({
      done: ['ruleset main', 'ruleset tags', 'label preview'],
      problem: null,
    });
    expect(planGovernance(config, repository.live, 'conductor').changes).toEqual([]);
  });

  it('goes on after a crash where it stopped, also when GitHub has added parameters of its own', async () => {
    const repository = new Repository();
    repository.before = ({ name }) => {
      if (name === 'tags') throw new ProviderError('GITHUB_UNAVAILABLE', 'down', 'wait', { retryable: true });
    };
    await expect(repository.apply()).rejects.toThrow('down');
    const rulesets = repository.live.rulesets.map((one) => ({
      ...one,
      rules: one.rules.map((rule) => ({
        ...rule,
        parameters: { ...rule.parameters, added_by_github: true },
      })),
    }));
    repository.live = { ...repository.live, rulesets };
    repository.before = () => undefined;
    expect(await repository.apply()).toMatchObject({ problem: null });
    expect(repository.written).toEqual(['main', 'tags', 'preview']);
  });

  it('stops at the first change that is refused, and says what was written', async () => {
    const repository = new Repository();
    repository.before = ({ name }) => {
      if (name === 'tags')
        throw new PermissionError('GITHUB_FORBIDDEN', 'the repository is archived', 'Unarchive it.');
    };
    expect(await repository.apply()).toEqual(
      expect.objectContaining({
        done: ['ruleset main'],
        problem: expect.stringContaining('the repository is archived'),
      }),
    );
  });

  it('writes nothing over what somebody made meanwhile', async () => {
    const [first] = wanted.rulesets;
    const theirs = { ...first, name: 'main', enforcement: 'disabled' } as Settings['rulesets'][number];
    const repository = new Repository({ ...nothing, rulesets: [theirs] });
    expect(await repository.apply()).toMatchObject({
      done: [],
      problem: expect.stringContaining('ruleset main was changed'),
    });
    expect(repository.written).toEqual([]);
  });
});

describe('a plan whose names are nobody any more', () => {
  const named = governanceSchema.parse({
    codeowners: [],
    rulesets: {
      main: {
        bypass: [{ team: 'ops' }],
        required_checks: { gates: [], others: [{ name: 'build', app: 'ci' }] },
      },
    },
    environments: { stage: { reviewers: { users: ['Mia'], teams: ['ops'] }, refs: 'all' } },
    labels: { preview: { color: '1d76db' } },
  });
  const shown = planGovernance(named, nothing, 'conductor');

  it.each<[string, (repository: Repository) => unknown, string]>([
    ['a team that was renamed', ({ teams }) => teams.delete('ops') && teams.set('operations', 7), 'team ops'],
    ['a person who left', ({ users }) => users.delete('mia'), 'user mia'],
    ['an app that was deleted', ({ gone }) => gone.add('ci'), 'app ci'],
    ['our own App under another name', ({ gone }) => gone.add('conductor'), 'app conductor'],
  ])('stops before the first write: %s', async (_, leave, name) => {
    const repository = new Repository();
    leave(repository);
    const { done, problem } = await repository.apply(shown);
    expect(problem).toContain(`the ${name}, which does not exist`);
    expect(problem).toMatch(/\. \S/);
    expect(done).toEqual([]);
    expect(repository.written).toEqual([]);
  });

  it('goes on where the name is only taken away', async () => {
    const full = desiredSettings(named, 'conductor');
    const repository = new Repository(full);
    repository.teams.clear();
    const [main] = full.rulesets;
    const without = { ...main, bypass: [] } as Settings['rulesets'][number];
    const changes: readonly Change[] = [
      { kind: 'ruleset', name: 'main', before: main ?? null, after: without, details: [] },
    ];
    expect(await repository.apply({ ...shown, changes })).toMatchObject({ problem: null });
    expect(repository.written).toEqual(['main']);
  });

  it('does what is left when it is gone while the plan is carried out, and says where it stopped', async () => {
    const repository = new Repository();
    repository.before = ({ name }) => {
      if (name === 'stage')
        throw new PermissionError('GITHUB_REFUSED', 'GitHub knows no reviewer 7', 'Name another.');
    };
    expect(await repository.apply(shown)).toMatchObject({
      done: ['ruleset main'],
      problem: expect.stringContaining('environment stage: GitHub knows no reviewer 7'),
    });
  });
});

describe('a look', () => {
  const look = async (repository: Repository, organisation: string | null = null, governed = true) => {
    const effect = { kind: 'observeSettings', since: null, governed } as const;
    const { event } = (await observeSettings(effect, repository.context(organisation))) as {
      event: { observation: { kind: string } };
    };
    return event.observation;
  };
  const propose = async (repository: Repository, organisation: string | null = null) => {
    const effect = { kind: 'planGovernance', pullRequest: 1, headSha: 'a' } as const;
    const { event } = (await planOf(effect, repository.context(organisation))) as {
      event: { proposal: object };
    };
    return event.proposal;
  };

  it('at two rulesets of one name cannot tell which is meant, and nothing is written', async () => {
    const twice = wanted.rulesets.filter(({ name }) => name === 'main');
    const repository = new Repository({ ...wanted, rulesets: [...twice, ...twice] });
    const problems = [expect.stringContaining('several rulesets called "main"')];
    expect(await look(repository)).toEqual({ kind: 'unreadable', problems });
    expect(await propose(repository)).toEqual({ kind: 'wrong', problems });
  });

  it.each<[string, string]>([
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\ngovernance: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    ],
    ['a bottomless list', `governance: ${'['.repeat(10_000)}`],
    ['two documents', `${text}---\n${text}`],
    ['a key twice', `${text}governance: {}\n`],
    ['nothing at all', ''],
    ['a list', '- version\n'],
  ])('at a config that is %s makes no write and says so', async (_what, config) => {
    const repository = new Repository();
    repository.config = config;
    const found = await look(repository);
    expect(found).toMatchObject({ kind: 'unreadable', problems: [expect.stringMatching(/\S/)] });
    expect(await propose(repository)).toMatchObject({ kind: 'wrong' });
  });

  it('at a config that is a link makes no write: other owners keep what it leads to', async () => {
    const repository = new Repository();
    repository.isLink = true;
    const problems = [expect.stringMatching(/symbolic link.*Put the file itself there/)];
    expect(await look(repository)).toEqual({ kind: 'unreadable', problems });
    expect(await propose(repository)).toEqual({ kind: 'wrong', problems });
  });

  it('at a config that is gone lets nobody escape from the organisation', async () => {
    const repository = new Repository(wanted);
    repository.config = null;
    const problems = [expect.stringContaining('acme/.github')];
    expect(await look(repository, text)).toEqual({ kind: 'unreadable', problems });
    expect(await propose(repository, text)).toEqual({ kind: 'wrong', problems });
    expect(await look(repository, text, false)).toEqual({ kind: 'undeclared' });
    expect(await look(repository, null)).toEqual({ kind: 'undeclared' });
  });
});
