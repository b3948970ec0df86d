import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loopback, runBundle } from '../support/action-run.ts';

const goldenPaths = 'base_url: https://shop.example\npaths: [{ name: home, path: / }]\n';

describe('the inputs of the actions', () => {
  it('walk the golden paths of a preview, whose host the config cannot know', async () => {
    const preview = await loopback(() => ({ status: 200, body: {} }));
    const run = await runBundle('slo', {
      from: 'sources',
      files: { 'golden_paths.yaml': goldenPaths },
      inputs: { 'base-url': preview.url },
    });
    expect(run.log).toContain('1 of 1 golden path hold');
    expect([run.status, run.outputs.verdict]).toEqual([0, 'pass']);
    expect(preview.requests).toHaveLength(1);
  });

  it('keep the windows of the slo gate behind the beginning of the deployment', async () => {
    const files = { '.github/release-conductor.yml': 'version: 1\ngates:\n  slo: {}\n' };
    const run = await runBundle('slo', { from: 'sources', files, inputs: { since: '2999-01-01T00:00:00Z' } });
    expect([run.status, run.log]).toEqual([2, expect.stringContaining('SINCE_IN_FUTURE')]);
  });

  it('refuse an address that is none before anything is called', async () => {
    const run = await runBundle('slo', {
      from: 'sources',
      files: { 'golden_paths.yaml': goldenPaths },
      inputs: { 'base-url': 'file:///etc/passwd' },
    });
    expect([run.status, run.log]).toEqual([2, expect.stringContaining('BASE_URL_INVALID')]);
  });

  it('give the policies facts, and leave SARIF for code scanning', async () => {
    const files = {
      '.github/release-conductor/policies/release.rego':
        'package conductor.release\n\ndefault allow := false\n\nallow if input.facts.approvals > 1\n',
      'few.json': '{"approvals": 1}',
    };
    const run = await runBundle('policy', { from: 'sources', files, inputs: { input: 'few.json' } });
    expect(run.status).toBe(1);
    const log = JSON.parse(readFileSync(run.outputs.sarif ?? '', 'utf8'));
    expect(log.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('policy-denied');
    const missing = await runBundle('policy', { from: 'sources', files, inputs: { input: 'none.json' } });
    expect([missing.status, missing.log]).toEqual([2, expect.stringContaining('FILE_UNREADABLE')]);
  });
});
