import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeWorld, folderWith } from './support.ts';

const policy = 'package shop\n\ndefault allow := false\n\nallow if input.amount <= data.limits.most\n';
const folder = await folderWith({
  'policies/shop.rego': policy,
  'policies/shop_test.rego':
    'package shop_test\n\nimport data.shop\n\ntest_small if shop.allow with input.amount as 5\n\ntest_large if shop.allow with input.amount as 50\n',
  'policies/limits/data.json': '{"most": 10}',
  'broken/broken.rego': 'package broken\n\np := x\n',
  'small.json': '{"amount": 7}',
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...argv: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const world = new FakeWorld(folder);
  const status = await world.run('rego', ...argv);
  return { status, stdout: world.stdout, stderr: world.stderr };
}

describe('release-conductor rego', () => {
  it('evaluates an entrypoint with input, and data beside the policies', async () => {
    const result = await run('eval', '-d', 'policies', '-i', 'small.json', 'data.shop.allow');
    expect(result).toMatchObject({ status: 0, stdout: 'true\n' });
  });

  it('says undefined with status 1', async () => {
    expect(await run('eval', '-d', 'policies', 'data.shop.missing')).toMatchObject({
      status: 1,
      stdout: 'undefined\n',
    });
  });

  it('gives the solutions of a query', async () => {
    const { stdout } = await run('eval', '-d', 'policies', 'data.limits[name] = value');
    expect(JSON.parse(stdout)).toEqual([{ name: 'most', value: 10 }]);
  });

  it('explains on standard error', async () => {
    const { stdout, stderr } = await run(
      'eval',
      '-d',
      'policies',
      '-i',
      'small.json',
      '--explain',
      'data.shop.allow',
    );
    expect(stdout).toBe('true\n');
    expect(stderr).toContain('+ 5: input.amount <= data.limits.most');
  });

  it('runs tests and reports what failed and what was not reached', async () => {
    const { status, stdout } = await run('test', 'policies', '--coverage');
    expect(status).toBe(1);
    expect(stdout).toContain('data.shop_test.test_large: failed');
    expect(stdout).toContain('1 passed, 1 failed');
    expect((await run('test', 'policies', '--run', 'small')).status).toBe(0);
    expect((await run('test', 'policies', '--run', 'small', '--threshold', '100')).status).toBe(1);
    expect((await run('test', 'policies', '--run', 'nothing')).status).toBe(1);
  });

  it('checks policies and says file, row and column', async () => {
    expect((await run('check', 'policies')).status).toBe(0);
    const { status, stderr } = await run('check', 'broken');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'broken/broken.rego:3:6: rego_unsafe_var_error: var x is unsafe\n',
    });
  });

  it('checks the layout', async () => {
    expect((await run('fmt-check', 'policies')).status).toBe(0);
  });

  it.each([[['eval']], [['guess']], [['check', 'nowhere']], [['test', 'policies', '--threshold', 'much']]])(
    'refuses a call that it does not understand: %j',
    async (argv) => {
      expect((await run(...argv)).status).toBe(2);
    },
  );

  it('prints what is wrong as JSON where asked', async () => {
    const { status, stdout } = await run('check', 'broken', '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      problems: [
        {
          code: 'rego_unsafe_var_error',
          file: 'broken/broken.rego',
          row: 3,
          col: 6,
          detail: 'var x is unsafe',
        },
      ],
    });
    const fine = await run('fmt-check', 'policies/shop.rego', '--json');
    expect([fine.status, JSON.parse(fine.stdout)]).toEqual([0, { problems: [] }]);
  });

  it('says of a bundle that is none why', async () => {
    const result = await run('eval', '-b', 'small.json', 'shop/allow');
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/not a policy compiled by opa build -t wasm/);
    expect((await run('eval', '-b', 'missing.tar.gz', 'shop/allow')).stderr).toMatch(
      /there is no file missing/,
    );
    expect((await run('eval', '-b', 'policies', 'shop/allow')).stderr).toMatch(/policies is a folder/);
  });
});
