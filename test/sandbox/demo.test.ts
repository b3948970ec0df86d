import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Observation } from '../../sandbox/timeline.ts';

const demo = fileURLToPath(new URL('../../sandbox/demo.ts', import.meta.url));

it('ends the demo in the same state when the Conductor is killed with kill -9 at ten random moments', {
  timeout: 900_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rc-demo-'));
  chmodSync(directory, 0o755); // as root, Postgres runs under an account of its own
  try {
    const child = spawn(process.execPath, [demo, '--kill', '10', '--directory', directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    const [status] = await once(child, 'exit');
    const observations: Observation[] = JSON.parse(
      readFileSync(join(directory, 'observations.json'), 'utf8'),
    );
    expect(observations.filter(({ observed }) => !observed)).toEqual([]);
    expect(told).toMatch(/killed with kill -9 10 times/);
    expect(status).toBe(0);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
