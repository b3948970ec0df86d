import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'rego/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'sandbox/organisation/**'],
    globalSetup: ['test/support/postgres-server.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 300_000,
    // Known: rarely a check that is written again in a whole app does not arrive in time (docs/scale.md).
    retry: 2,
    hookTimeout: 120_000,
    restoreMocks: true,
  },
});
