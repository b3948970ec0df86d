import { describe, expect, it } from 'vitest';
import { observeSettings, planGovernance } from '../../app/effects/governance.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import { ProviderError } from '../../core/errors.ts';
import { nothingAbove } from '../../core/governance/above.ts';
import type { Forge } from '../../core/ports/forge.ts';

const requires = (gates: string) =>
  `version: 1\ngovernance: { codeowners: [], rulesets: { main: { required_checks: { gates: ${gates} } } } }\n`;

/** A repository with one file, its config, and no rules at all. */
function forge(repository: string, config: string | null, organisation?: Forge['organisation']): Forge {
  const fake: Partial<Forge> = {
    repository,
    appSlug: 'conductor',
    ...(organisation && { organisation }),
    defaultBranch: async () => 'main',
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
