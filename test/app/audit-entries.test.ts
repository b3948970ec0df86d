import { describe, expect, it } from 'vitest';
import { configPath } from '../../core/config/parse.ts';
import { sha256Hex } from '../support/digest.ts';
import { commitFiles, configText, eventually, startWorld } from './world.ts';

describe('the audit log', () => {
  it('has an entry for each config that comes to the default branch: who, which commit, which digest', async () => {
    const world = await startWorld();
    const config = `${configText('http://127.0.0.1:9')}# by the release lead\n`;
    const sha = await commitFiles(world.alice, 'main', { [configPath]: config });
    await commitFiles(world.alice, 'main', { 'README.md': 'of no interest' });
    const entry = await eventually(async () => {
      const answer = await fetch(
        `${world.conductor.url}/v1/audit?repository=acme/shop&action=config.changed`,
      );
      const { entries } = (await answer.json()) as { entries: readonly unknown[] };
      expect(entries.length).toBeLessThan(2);
      return entries[0] ?? null;
    });
    expect(entry).toMatchObject({ actor: 'alice', data: { sha, config_sha256: sha256Hex(config) } });
  });

  it('has an entry for each effect that was carried out, once, with the digest of what was decided', async () => {
    const world = await startWorld();
    await commitFiles(world.alice, 'feature', { 'README.md': 'more' });
    await world.alice.request('POST /repos/{owner}/{repo}/pulls', {
      owner: 'acme',
      repo: 'shop',
      title: 'more',
      head: 'feature',
      base: 'main',
    });
    const checks = await eventually(async () => {
      const done = await entriesOf(world.conductor.url, 'effect.done');
      const found = done.filter(({ data }) => data.kind === 'publishCheck');
      return found.length < 5 ? null : found;
    });
    expect(checks[0]).toMatchObject({
      actor: 'conductor',
      reason: 'publishCheck',
      data: {
        effect: expect.stringContaining('#check/'),
        effect_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    expect(new Set(checks.map(({ data }) => data.effect)).size).toBe(checks.length);
  });
});

interface Entry {
  readonly data: Readonly<Record<string, unknown>>;
}

async function entriesOf(url: string, action: string): Promise<readonly Entry[]> {
  const answer = await fetch(`${url}/v1/audit?repository=acme/shop&action=${action}`);
  return ((await answer.json()) as { entries: readonly Entry[] }).entries;
}
