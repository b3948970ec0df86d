import { createHash } from 'node:crypto';
import { parseChange } from '../../../adapters/conventional-commits/index.ts';
import { type Config, configSchema, type ReleaseConfig } from '../../../core/config/schema.ts';
import type { GateReport, ReleasePlanFacts } from '../../../core/flow/event.ts';
import { type GateName, gateNames } from '../../../core/gate/names.ts';
import type { Finding, Verdict } from '../../../core/gate/result.ts';

export const repository = 'acme/shop';
export const shaA = 'a'.repeat(40);
export const shaB = 'b'.repeat(40);
export const shaOld = '0'.repeat(40);
/** 2026-01-01T00:00:00Z */
export const start = 1_767_225_600_000;

export function config(canary: Partial<ReleaseConfig['canary']> = {}, release: object = {}): ReleaseConfig {
  const parsed: Config = configSchema.parse({
    version: 1,
    trusted_workflows: ['.github/workflows/gates.yml'],
    release: {
      metrics: { kind: 'prometheus', url: 'http://127.0.0.1:9090' },
      on_call: ['@acme/sre'],
      ga_flags: ['search', 'reports'],
      runbook: 'https://example.com/runbook',
      canary: { interval: '1s', soak: '20s', no_data_after: '30s', ...canary },
      ...release,
    },
  });
  if (parsed.release === undefined) throw new Error('no release section');
  return parsed.release;
}

export function planFacts(change: Partial<ReleasePlanFacts> = {}): ReleasePlanFacts {
  return {
    config: config(),
    configSha256: 'c'.repeat(64),
    tagObject: 'd'.repeat(40),
    commit: shaA,
    tree: 'e'.repeat(40),
    previous: { tag: 'v1.0.0', commit: shaOld },
    changes: [
      parseChange({ sha: shaA, message: 'feat(cart): add vouchers (#12)', author: 'ada' }),
      parseChange({ sha: shaB, message: 'fix: round prices', author: 'grace' }),
    ],
    ...change,
  };
}

export interface ReportOptions {
  readonly sha?: string;
  readonly verdict?: Verdict;
  readonly runId?: number;
  readonly runAttempt?: number;
  readonly findings?: readonly Finding[];
  readonly finishedAt?: number;
  readonly summary?: string;
}

/** A gate's result as it arrives after verification; its digest depends on its content. */
export function report(gate: GateName, options: ReportOptions = {}): GateReport {
  const { sha = shaA, verdict = 'pass', finishedAt = start } = options;
  const result = {
    schema_version: 1 as const,
    gate,
    verdict,
    subject: { repository, sha, ref: 'refs/heads/main' },
    summary: options.summary ?? `${gate} says ${verdict}`,
    findings: [...(options.findings ?? [])],
    measurements: {},
    evidence: [],
    inputs: { config_sha256: 'c'.repeat(64) },
    started_at: new Date(finishedAt - 1_000).toISOString(),
    finished_at: new Date(finishedAt).toISOString(),
    tool: { name: 'release-conductor', version: '0.1.0' },
  };
  const identity = JSON.stringify([result, options.runId, options.runAttempt]);
  return {
    gate,
    result,
    resultSha256: createHash('sha256').update(identity).digest('hex'),
    origin: {
      via: 'oidc',
      receivedAt: finishedAt,
      ...(options.runId === undefined ? {} : { runId: options.runId }),
      ...(options.runAttempt === undefined ? {} : { runAttempt: options.runAttempt }),
    },
  };
}

export function allReports(options: ReportOptions = {}): readonly GateReport[] {
  return gateNames.map((gate) => report(gate, options));
}
