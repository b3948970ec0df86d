import { migrationsGate } from '../../../actions/migrations/gate.ts';
import { runGate } from '../../../actions/run-gate.ts';
import type { Finding, GateResult } from '../../../core/gate/result.ts';
import type { ThrowawayDatabases } from '../../../core/ports/database.ts';
import { type MemoryFiles, memoryIo } from '../../support/memory-io.ts';

export interface Judged {
  readonly result: GateResult;
  // biome-ignore lint/suspicious/noExplicitAny: the plan is JSON that a test looks into
  readonly plan: any;
  readonly evidence: ReadonlyMap<string, string>;
  readonly find: (code: string) => Finding | undefined;
  readonly codes: readonly string[];
}

/** Runs the gate on files that exist only here, without the rules about time-outs unless a test asks for them. */
export async function judge(world: {
  readonly files: MemoryFiles;
  readonly base?: MemoryFiles | undefined;
  readonly options?: object;
  readonly databases?: ThrowawayDatabases;
}): Promise<Judged> {
  const { result, files } = await runGate(migrationsGate, {
    rawOptions: { exclude_rules: ['require-lock-timeout', 'require-statement-timeout'], ...world.options },
    subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/x' },
    io: memoryIo(world.files, {
      base: world.base,
      ...(world.databases === undefined ? {} : { databases: world.databases }),
    }),
    configSha256: 'c'.repeat(64),
    tool: { name: 'release-conductor', version: '0.0.0' },
  });
  const evidence = new Map(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
  return {
    result,
    plan: JSON.parse(evidence.get('migrations/plan+shadow_parity.json') ?? 'null'),
    evidence,
    find: (code) => result.findings.find((finding) => finding.code === code),
    codes: result.findings.filter(({ level }) => level !== 'notice').map(({ code }) => code),
  };
}
