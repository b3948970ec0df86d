import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gateNames } from '../core/gate/names.ts';
import type { Benchmark, Figure } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What an action costs before it does anything: its bundle in a workspace whose config is wrong, so that it ends
 * before any work, against an empty Node process; and the size of its bundle: what every run loads, and all of
 * `dist` with the parts that only some runs load.
 */
export const coldStart: Benchmark = {
  name: 'cold-start',
  title: 'Gate actions: cold start over an empty Node process, bundle size',
  async run(rounds) {
    const workspace = mkdtempSync(join(tmpdir(), 'rc-cold-'));
    writeFileSync(join(workspace, 'empty.mjs'), '');
    mkdirSync(join(workspace, '.github'));
    writeFileSync(join(workspace, '.github/release-conductor.yml'), 'version: 1\nunknown: true\n');
    try {
      const empty: number[] = [];
      const started = new Map(gateNames.map((gate) => [gate, [] as number[]]));
      for (let round = 0; round < rounds; round++) {
        empty.push(timeOf([join(workspace, 'empty.mjs')], workspace));
        for (const gate of gateNames) started.get(gate)?.push(timeOf([bundleOf(gate)], workspace));
      }
      const figures: Figure[] = [{ name: 'empty Node process', unit: 'ms', rounds: empty, aim: null }];
      for (const gate of gateNames) {
        const over = (started.get(gate) ?? []).map((value, round) => value - (empty[round] ?? Number.NaN));
        figures.push({ name: `${gate}: over empty`, unit: 'ms', rounds: over, aim: { op: '<=', value: 60 } });
        figures.push({
          name: `${gate}: loaded by every run`,
          unit: 'kB',
          rounds: [loadedSize(bundleOf(gate)) / 1_000],
          aim: { op: '<=', value: 700 },
        });
        figures.push({ name: `${gate}: all of dist`, unit: 'kB', rounds: [sizeOf(gate) / 1_000], aim: null });
      }
      return figures;
    } finally {
      rmSync(workspace, { recursive: true });
    }
  },
};

function bundleOf(gate: string): string {
  return join(root, 'actions', gate, 'dist', 'index.js');
}

/** The bundle with every part that it imports at once; parts that only some runs load are `import(…)`s. Bytes. */
function loadedSize(entry: string): number {
  const loaded = new Set<string>();
  const pending = [entry];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (loaded.has(path)) continue;
    loaded.add(path);
    const imported = readFileSync(path, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*"(\.\/[\w.-]+\.js)"/g);
    for (const [, name = ''] of imported) pending.push(join(dirname(entry), name));
  }
  return [...loaded].reduce((sum, path) => sum + statSync(path).size, 0);
}

function sizeOf(gate: string): number {
  const folder = join(root, 'actions', gate, 'dist');
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** Wall time of one process, ms. */
function timeOf(args: readonly string[], workspace: string): number {
  const from = process.hrtime.bigint();
  spawnSync(process.execPath, args, {
    cwd: workspace,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH ?? '',
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: workspace,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_SHA: '0'.repeat(40),
      GITHUB_REF: 'refs/heads/main',
      GITHUB_EVENT_NAME: 'push',
      INPUT_CONFIG: '.github/release-conductor.yml',
    },
  });
  return Number(process.hrtime.bigint() - from) / 1e6;
}
