import { describe, expect, it } from 'vitest';
import { regoPolicyEngine, replayPolicies } from '../../adapters/policy/rego-engine.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import { type AuditEntry, nextAuditEntry } from '../../core/audit/entry.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import type { Approval, EvidenceInputs } from '../../core/evidence/inputs.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { planBundle } from '../../core/evidence/plan.ts';
import { makeStatement, payloadType, renderStatement } from '../../core/evidence/statement.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { PolicyDocument, PromotionInput } from '../../core/ports/policy-engine.ts';
import {
  commit,
  gather,
  inputsFor,
  newPrivateKey,
  portsWith,
  repository,
  sha256Of,
  storedContent,
} from './support.ts';

const engine = regoPolicyEngine();
const policies = engine.policies as PolicyDocument;
const ports = portsWith(newPrivateKey());

/** A question that the policies that come with the Conductor allow. */
function question(change: Partial<PromotionInput> = {}): PromotionInput {
  return {
    schema_version: 1,
    action: 'promote',
    repository,
    release: { tag: 'v1.0.0', sha: commit, tag_sha_now: commit, phase: 'canary', author: 'dev' },
    step: { environment: 'production', current_weight: 0, target_weight: 10, steps: [10, 50, 100] },
    gates: [{ gate: 'slo', required: true, verdict: 'pass', age_ms: 1_000, sha: commit }],
    max_gate_age_ms: 86_400_000,
    actor: { login: 'mona', type: 'User', role: 'maintain', teams: [], codeowner: null, policy: null },
    permissions: {
      roles: ['maintain'],
      teams: [],
      users: [],
      codeowners: false,
      policy: null,
      obligations: {},
    },
    access: { reason: '', step_up: null, approvals: [] },
    exceptions: [],
    promote_only_if: { clauses: [], min_headroom: 0, max_drill_age_ms: 0 },
    slo_burn: 0,
    headroom: null,
    migration_cutover: 'unknown',
    drill_age_ms: null,
    provenance: 'unknown',
    artifacts: [],
    preview_hygiene: 'unknown',
    hotfix: false,
    window: { open: true, reason: null },
    lock: { state: 'free', owner: null, reason: null },
    unresolved: null,
    freeze: { active: false, reason: null },
    now: 1_790_000_000_000,
    ...change,
  };
}

interface Change {
  readonly asked?: PromotionInput;
  readonly row?: Partial<Approval>;
  readonly logged?: string | null;
  readonly kept?: readonly PolicyDocument[];
}

/** Evidence with one decision, and what a verifier says of it. */
async function problemsOf({ asked = question(), row, logged, kept = [policies] }: Change) {
  const text = canonicalJson(asked);
  const inputSha256 = sha256Of(text);
  const [approval] = inputsFor().approvals;
  const note = {
    action: 'command.promote',
    actor: 'mona',
    reason: 'asked',
    reasonCode: null,
    data: logged === null ? {} : { input_sha256: logged ?? inputSha256 },
  };
  const audit: readonly AuditEntry[] = [nextAuditEntry(null, note, inputsFor().decidedAt, repository)];
  const inputs: EvidenceInputs = inputsFor({
    approvals: [{ ...(approval as Approval), inputSha256, policySha256: policies.sha256, ...row }],
    questions: [storedContent(new TextEncoder().encode(text))],
    policies: kept,
    audit,
  });
  const plan = planBundle(inputs);
  const zip = await gather(ports.writeArchive(plan.entries));
  const statement = makeStatement(plan.manifest, plan.manifestSha256, sha256Of(zip));
  const bundle = await ports.signer.attest(renderStatement(statement), payloadType);
  const { problems, checks } = await verifyEvidence(
    {
      zip: memorySource(zip),
      bundle,
      trustedKeys: [trustedKeyFromPem((await ports.signer.publicKey()).pem)],
      expected: {},
    },
    { readArchive: readZip, verifyBundle: ports.verifyBundle, replayPolicies },
  );
  expect(checks.find(({ name }) => name === 'decisions')?.ok).toBe(problems.length === 0);
  return problems.map(({ code, entry, message }) => `${code} ${entry}: ${message}`);
}

const reader = question({
  actor: { login: 'carol', type: 'User', role: 'read', teams: [], codeowner: null, policy: null },
});

describe('a decision in the evidence', () => {
  it('is made again by the kept policies, and is the same', async () => {
    expect(await problemsOf({})).toEqual([]);
    expect(
      await problemsOf({
        asked: reader,
        row: { decision: 'denied', reasons: ['NOT_PERMITTED: carol may not'] },
      }),
    ).toEqual([]);
  });

  it.each<[string, RegExp, Change]>([
    [
      'was allowed against the policies',
      /^NOT_PASSED approvals_matrix.json: row 1: the policies do not allow it \(NOT_PERMITTED/,
      { asked: reader },
    ],
    [
      'leaves a reason out',
      /^TAMPERED approvals_matrix.json: row 1 leaves out .*NOT_PERMITTED/,
      { asked: reader, row: { decision: 'denied', reasons: ['HEAD_MOVED: x'] } },
    ],
    [
      'is not in the audit log',
      /^TAMPERED approvals_matrix.json: row 1 is not in the audit log/,
      { logged: null },
    ],
    [
      'was asked of another commit',
      /^OTHER_COMMIT decisions\/questions/,
      {
        asked: question({
          release: { ...question().release, sha: 'f'.repeat(40), tag_sha_now: 'f'.repeat(40) },
        }),
      },
    ],
    [
      'was asked of another release',
      /^OTHER_RELEASE decisions\/questions/,
      { asked: question({ repository: 'acme/other' }) },
    ],
    [
      'is kept with other policies',
      /^TAMPERED decisions\/policies\/.*: are other policies than their name says/,
      { kept: [{ ...policies, modules: policies.modules.slice(1) }] },
    ],
  ])('is not believed when it %s', async (_name, expected, change) => {
    expect((await problemsOf(change)).join('\n')).toMatch(expected);
  });

  it('whose question is missing is named', async () => {
    expect(await problemsOf({ row: { inputSha256: 'e'.repeat(64) } })).toEqual([
      `MISSING decisions/questions/${'e'.repeat(64)}.json: what the policies were asked is not there`,
    ]);
  });

  it('by policies of an earlier version, which are not kept, is taken from the log', async () => {
    expect(await problemsOf({ kept: [] })).toEqual([]);
  });
});
