import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { policyGate } from '../../../actions/policy/gate.ts';
import { runGate } from '../../../actions/run-gate.ts';
import { folderTree } from '../../../adapters/node-io/folder-tree.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { readCase, runCase } from '../../support/gate-case.ts';

const folderOf = (name: string): string => join(import.meta.dirname, '../../cases/policy', name);
const resultOf = async (name: string) => (await runCase(policyGate, folderOf(name))).result;

describe('policies of the repository', () => {
  it('name the place of a mistake', async () => {
    const { findings } = await resultOf('rego-unsafe-variable_fail');
    expect(findings.find(({ code }) => code === 'policy-broken')).toMatchObject({
      path: '.github/release-conductor/policies/release.rego',
      line: 3,
      message: expect.stringMatching(/^rego_unsafe_var_error: /),
    });
  });

  it('keep the place, the help and the name of the policy with an objection', async () => {
    const { findings } = await resultOf('rego-deny_fail');
    expect(findings.find(({ code }) => code === 'no-latest')).toMatchObject({
      level: 'error',
      path: 'deploy.json',
      line: 1,
      data: { policy: 'conductor.release', rule: 'deny' },
    });
  });

  it.each([
    [
      'the change, without a base',
      'rego-deny_fail',
      'change',
      ['workflows', 'config', 'codeowners', 'inputs.deploy'],
    ],
    ['the base', 'rego-weakened-by-change_fail', 'base', ['workflows', 'config', 'inputs.deploy']],
    ['a document of the base', 'rego-input-from-base_fail', 'base', ['workflows', 'config']],
  ])('say that they come from %s, and on whose word they rest', async (_name, folder, origin, supplied) => {
    const { findings } = await resultOf(folder);
    expect(findings.find(({ code }) => code === 'policies-applied')?.data).toMatchObject({
      origin,
      supplied,
    });
  });

  it('are named by their digest, which is that of the base', async () => {
    const [base, same] = [await resultOf('rego-weakened-by-change_fail'), await resultOf('rego-deny_fail')];
    expect(base.inputs.policy_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(base.inputs.policy_sha256).toBe(same.inputs.policy_sha256);
    expect((await resultOf('clean_pass')).inputs.policy_sha256).toBeUndefined();
  });

  it('count the exceptions that are used', async () => {
    const { measurements, findings } = await resultOf('rego-exception_pass');
    expect(measurements.policies).toMatchObject({ exceptions_used: 1 });
    expect(findings.find(({ code }) => code === 'no-latest')?.message).toContain('@acme/release');
  });

  it('fail where nothing can run them', async () => {
    const folder = folderOf('rego-deny-nothing_pass');
    const unavailable = (): never => {
      throw new Error('not part of this test');
    };
    const { result } = await runGate(policyGate, {
      rawOptions: readCase(folder).options,
      subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/change' },
      io: {
        files: await folderTree(folder),
        fetch: unavailable,
        metrics: unavailable,
        clock: { now: () => 0 },
        log: silentLog,
      },
      configSha256: 'a'.repeat(64),
      tool: { name: 'release-conductor', version: '0.0.0' },
    });
    expect(result.verdict).toBe('fail');
    expect(result.findings.map(({ code }) => code)).toContain('policy-not-run');
  });
});
