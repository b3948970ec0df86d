import { describe, expect, it } from 'vitest';
import { observeSettings } from '../../app/effects/governance.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import { PermissionError, ProviderError } from '../../core/errors.ts';
import type { Forge } from '../../core/ports/forge.ts';

const requires = (gates: string) =>
  `version: 1\ngovernance: { codeowners: [], rulesets: { main: { required_checks: { gates: ${gates} } } } }\n`;

/** A repository with one file, its config, and no rules at all. */
function forge(repository: string, config: string | null): Forge {
  const fake: Partial<Forge> = {
    repository,
    appSlug: 'conductor',
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
      mergedSince: async () => [],
      apply: async () => undefined,
    },
  };
  return fake as Forge;
}

async function observed(own: string, forgeOf: EffectContext['forgeOf']) {
  const context = { forge: forge('acme/shop', own), forgeOf } as unknown as EffectContext;
  const { event } = (await observeSettings({ kind: 'observeSettings', since: null }, context)) as {
    event: { observation: { kind: string } };
  };
  return event.observation;
}

describe('the rules of an organisation', () => {
  it('hold for a repository whose config declares weaker ones, or none', async () => {
    const organisation = async (name: string) => forge(name, requires('[slo, policy]'));
    for (const own of ['version: 1\n', requires('[slo]')]) {
      const text = JSON.stringify(await observed(own, organisation));
      expect(text).toContain('slo-gates');
      expect(text).toContain('policy-ci');
    }
  });

  it('are absent where the App is not installed on .github', async () => {
    const nowhere = async (): Promise<Forge> => {
      throw new PermissionError('NOT_INSTALLED', 'x', 'y', { cause: { status: 404 } });
    };
    expect(await observed('version: 1\n', nowhere)).toEqual({ kind: 'undeclared' });
  });

  it('are not taken for absent while GitHub does not answer', async () => {
    const down = async (): Promise<Forge> => {
      throw new ProviderError('GITHUB_UNAVAILABLE', 'x', 'y', { retryable: true });
    };
    await expect(observed('version: 1\n', down)).rejects.toThrow('x');
  });

  it('make a repository unreadable when they are wrong', async () => {
    const wrong = async (name: string) => forge(name, 'version: 1\ngovernance: { mode: maybe }\n');
    expect(await observed('version: 1\n', wrong)).toMatchObject({
      kind: 'unreadable',
      problems: [expect.stringContaining('acme/.github')],
    });
  });
});
