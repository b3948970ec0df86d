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
});
