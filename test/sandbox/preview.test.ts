import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const demo = fileURLToPath(new URL('../../sandbox/demo.ts', import.meta.url));

it('shows a preview from its label to its teardown, built and probed by the workflow of the sample shop', {
  timeout: 180_000,
}, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rc-preview-'));
  chmodSync(directory, 0o755); // as root, Postgres runs under an account of its own
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { status, stdout } = spawnSync(
    process.execPath,
    [demo, '--scenario', 'preview', '--directory', directory],
    { encoding: 'utf8' },
  );
  expect(stdout).toContain('3 of 3 golden paths hold');
  expect(status).toBe(0);
  const observations: { what: string; observed: boolean }[] = JSON.parse(
    readFileSync(join(directory, 'observations.json'), 'utf8'),
  );
  expect(observations.filter(({ observed }) => !observed)).toEqual([]);
});
