import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);

/** A tool that writes its arguments down and answers `get` with what a cluster would say. */
const recorded = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const args = process.argv.slice(2);
appendFileSync(process.env.CALLS, JSON.stringify(args) + '\\n');
if (args.includes('get')) process.stdout.write(process.env.ANSWER);
`;

const parts = {
  ENVIRONMENT: 'production',
  VERSION: 'v1.1.0',
  IMAGE: 'registry.example/shop',
  CONTAINER: 'shop',
  DEPLOYMENT_STABLE: 'shop',
  DEPLOYMENT_CANARY: 'shop-canary',
  HTTP_ROUTE: 'shop',
  ROLLOUT: 'shop',
  HELM_RELEASE: 'shop',
  HELM_CHART: './chart',
  FLAG: 'new-shop',
  FLAG_CONFIGMAP: 'flags',
};

async function deployer(
  name: string,
  command: string,
  env: Record<string, string>,
): Promise<{ readonly status: number; readonly calls: readonly (readonly string[])[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'deployer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const tool of ['kubectl', 'helm']) {
    await writeFile(join(folder, tool), recorded);
    await chmod(join(folder, tool), 0o755);
  }
  const calls = join(folder, 'calls');
  const status = await run(process.execPath, [`templates/deployers/${name}.mjs`, command], {
    env: {
      ...parts,
      PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin`,
      CALLS: calls,
      ANSWER: '',
      ...env,
    },
  }).then(
    () => 0,
    (error: { code: number }) => error.code,
  );
  const lines = (await readFile(calls, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  return { status, calls: lines.map((line) => JSON.parse(line) as string[]) };
}

const flags = (on: number): string =>
  JSON.stringify({
    flags: {
      'new-shop': {
        targeting: {
          fractional: [
            ['on', on],
            ['off', 100 - on],
          ],
        },
      },
    },
  });

describe('a deployer', () => {
  it.each([
    ['gateway-api', '10', '50'],
    ['argo-rollouts', '10', '50'],
    ['helm', '{"canary":{"weight":10}}', '{"canary":{"weight":50}}'],
    ['flagd', flags(10), flags(50)],
  ])(
    '%s succeeds only when the platform says that the weight is the one asked for',
    async (name, right, wrong) => {
      expect((await deployer(name, 'route', { WEIGHT: '10', ANSWER: right })).status).toBe(0);
      expect((await deployer(name, 'route', { WEIGHT: '10', ANSWER: wrong })).status).toBe(1);
      expect((await deployer(name, 'route', { WEIGHT: '10', ANSWER: '{}' })).status).not.toBe(0);
    },
  );

  it.each(['gateway-api', 'argo-rollouts', 'helm', 'flagd'])(
    '%s refuses a weight that is none',
    async (name) => {
      const { status, calls } = await deployer(name, 'route', { WEIGHT: '10; reboot' });
      expect({ status, calls }).toEqual({ status: 1, calls: [] });
    },
  );

  it('passes a version on as an argument, never through a shell', async () => {
    const version = 'v1$(reboot)';
    const { calls } = await deployer('gateway-api', 'start', { WEIGHT: '10', VERSION: version });
    expect(calls[0]?.at(-1)).toBe(`shop=registry.example/shop:${version}`);
  });

  it('of the Gateway API gives a rollback all of the stable side', async () => {
    const { status, calls } = await deployer('gateway-api', 'route', { WEIGHT: '100', ANSWER: '100' });
    expect(status).toBe(0);
    expect(JSON.parse(calls[0]?.at(-1) ?? '')).toMatchObject([{ value: 100 }, { value: 0 }]);
  });
});
