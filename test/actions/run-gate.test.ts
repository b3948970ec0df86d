import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runGate } from '../../actions/run-gate.ts';
import { ConfigError, InternalError } from '../../core/errors.ts';
import type { Evaluation, Gate } from '../../core/gate/gate.ts';
import type { Finding } from '../../core/gate/result.ts';
import { memoryIo } from '../support/memory-io.ts';

const clean: Evaluation = { verdict: 'pass', summary: 'fine', findings: [], measurements: {}, evidence: [] };
const error: Finding = { code: 'x', level: 'error', message: 'm', help: 'h' };
const file = (path: string) => ({ path, mediaType: 'text/plain', bytes: new TextEncoder().encode('abc') });

class FakeGate implements Gate<{ readonly limit: number }, string> {
  readonly name = 'migrations';
  readonly options = z.strictObject({ limit: z.number().default(1) });
  collected = 0;
  private readonly evaluation: Partial<Evaluation>;

  constructor(evaluation: Partial<Evaluation> = {}) {
    this.evaluation = evaluation;
  }

  async collect(): Promise<string> {
    this.collected++;
    return 'facts';
  }

  evaluate(): Evaluation {
    return { ...clean, ...this.evaluation };
  }
}

const run = (gate: FakeGate, rawOptions: unknown = {}) =>
  runGate(gate, {
    rawOptions,
    subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/x' },
    io: memoryIo({}),
    configSha256: 'c'.repeat(64),
    tool: { name: 'release-conductor', version: '0.1.0' },
  });

describe('a run of a gate', () => {
  it('makes a result with subject, digests, times and tool', async () => {
    const { result, files } = await run(new FakeGate({ evidence: [file('migrations/plan.json')] }));
    expect(result).toMatchObject({
      schema_version: 1,
      gate: 'migrations',
      verdict: 'pass',
      inputs: { config_sha256: 'c'.repeat(64) },
      started_at: '2026-05-04T12:00:00.000Z',
      evidence: [
        {
          path: 'migrations/plan.json',
          sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
          media_type: 'text/plain',
        },
      ],
    });
    expect(files).toHaveLength(1);
  });

  it('refuses wrong options before it looks at anything', async () => {
    const gate = new FakeGate();
    await expect(run(gate, { limits: 2 })).rejects.toThrow(ConfigError);
    expect(gate.collected).toBe(0);
  });

  it.each(['pass', 'warn'] as const)('never lets an error travel under the verdict %s', async (verdict) => {
    await expect(run(new FakeGate({ verdict, findings: [error] }))).rejects.toThrow(InternalError);
  });

  it.each(['../x', '/x', 'a//b', 'a/../b', 'a b', ''])('refuses the evidence path %j', async (path) => {
    await expect(run(new FakeGate({ evidence: [file(path)] }))).rejects.toThrow(InternalError);
  });

  it('refuses two evidence files with one path', async () => {
    await expect(run(new FakeGate({ evidence: [file('a'), file('a')] }))).rejects.toThrow(InternalError);
  });

  it('sorts findings by place, so that one input gives one result', async () => {
    const at = (path: string, line: number): Finding => ({ ...error, path, line });
    const { result } = await run(
      new FakeGate({ verdict: 'fail', findings: [at('b', 1), at('a', 10), at('a', 9)] }),
    );
    expect(result.findings.map(({ path, line }) => `${path}:${line}`)).toEqual(['a:9', 'a:10', 'b:1']);
  });

  it('cuts texts to the limits of the contract and counts findings beyond them', async () => {
    const findings = Array.from({ length: 10_050 }, () => ({ ...error, message: 'x'.repeat(5_000) }));
    const { result } = await run(new FakeGate({ verdict: 'fail', summary: 'y'.repeat(2_000), findings }));
    expect(result.findings).toHaveLength(10_000);
    expect(result.findings.at(-1)).toMatchObject({
      code: 'too-many-findings',
      message: expect.stringContaining('51') as string,
    });
    expect(result.summary).toHaveLength(1_000);
    expect(result.findings[0]?.message).toHaveLength(4_000);
  });
});
