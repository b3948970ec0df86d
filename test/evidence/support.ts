import { createHash } from 'node:crypto';
import type { GateName } from '../../core/gate/names.ts';
import type { GateResult } from '../../core/gate/result.ts';

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A passing result of a gate, for tests that are about something else. */
export function gateResultFor(
  gate: GateName,
  subject: { readonly repository: string; readonly sha: string },
  change: Partial<GateResult> = {},
): GateResult {
  return {
    schema_version: 1,
    gate,
    verdict: 'pass',
    subject: { ...subject, ref: 'refs/heads/feature' },
    summary: 'all well',
    findings: [],
    measurements: {},
    evidence: [],
    inputs: { config_sha256: '0'.repeat(64) },
    started_at: '2026-01-02T03:04:00Z',
    finished_at: '2026-01-02T03:04:05Z',
    tool: { name: 'release-conductor', version: '0.1.0' },
    ...change,
  };
}
