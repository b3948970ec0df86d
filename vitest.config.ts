import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const tests = ['test/**/*.test.ts', 'rego/**/*.test.ts'];
const exclude = ['**/node_modules/**', '**/dist/**', 'sandbox/organisation/**'];
/** Files that change what all of a process have in common: the network, its environment, its working directory. */
const alone = ['adapters', 'sandbox/runner', 'simulation'].map((name) => `test/${name}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/support/postgres-server.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 300_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    projects: [
      { extends: true, test: { name: 'alone', include: alone, exclude } },
      // One process after the other would load the same code for each file: half of what a small one takes.
      {
        extends: true,
        test: { name: 'sharing', include: tests, exclude: [...exclude, ...alone], isolate: false },
      },
    ],
  },
});
