import { createHash, generateKeyPairSync } from 'node:crypto';
import { type KeySigner, localKeySigner } from '../../adapters/sigstore/signer.ts';
import { verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { createInspector } from '../../adapters/zip/inspector.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { writeZip } from '../../adapters/zip/write-zip.ts';
import { type AuditEntry, headOf, nextAuditEntry } from '../../core/audit/entry.ts';
import { merkleRoot } from '../../core/audit/merkle.ts';
import { leafOf, makeInclusionProofs, renderTreeHead, treeHeadType } from '../../core/audit/tree-head.ts';
import { bytesOf, memorySource } from '../../core/evidence/bytes.ts';
import type { EvidenceInputs, EvidenceItem } from '../../core/evidence/inputs.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { type Manifest, manifestPath } from '../../core/evidence/manifest.ts';
import { type EvidencePorts, type PackedEvidence, packEvidence } from '../../core/evidence/pack.ts';
import { planBundle } from '../../core/evidence/plan.ts';
import { makeStatement, payloadType, renderStatement } from '../../core/evidence/statement.ts';
import type { GateReport } from '../../core/flow/event.ts';
import type { GateName } from '../../core/gate/names.ts';
import type { GateResult } from '../../core/gate/result.ts';
import type { ArchiveEntry } from '../../core/ports/archive.ts';
import type { StoredContent } from '../../core/ports/blob-store.ts';

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

export const commit = 'a'.repeat(40);
export const repository = 'acme/shop';
const decidedAt = Date.parse('2026-01-02T05:00:00Z');

export const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

/** Content as a store has it, in memory. */
export function storedContent(bytes: Uint8Array): StoredContent {
  const inspector = createInspector();
  inspector.update(bytes);
  return { ...inspector.finish(), ...memorySource(bytes) };
}

/** All pieces in one. */
export async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece.slice());
  return new Uint8Array(Buffer.concat(parts));
}

/** Evidence as the Conductor would sign it, without the Conductor's own verification before it. */
export async function signUnverified(
  inputs: EvidenceInputs,
  { signer }: EvidencePorts,
  tamper: (entries: ArchiveEntry[], manifest: Manifest) => ArchiveEntry[] = (entries) => entries,
): Promise<{ readonly zip: Uint8Array; readonly bundle: Uint8Array }> {
  const plan = planBundle(inputs);
  const entries = tamper([...plan.entries], structuredClone(plan.manifest));
  const zip = await gather(writeZip(entries));
  const manifest = entries.find(({ path }) => path === manifestPath);
  const statement = makeStatement(
    plan.manifest,
    sha256Of((manifest?.content as Uint8Array | undefined) ?? ''),
    sha256Of(zip),
  );
  return { zip, bundle: await signer.attest(renderStatement(statement), payloadType) };
}

/** Packed evidence with its zip in memory. */
export async function packInMemory(
  inputs: EvidenceInputs,
  ports: EvidencePorts,
): Promise<Omit<PackedEvidence, 'zip'> & { readonly zip: Uint8Array }> {
  const packed = await packEvidence(inputs, ports, async (pieces) => storedContent(await gather(pieces)));
  return { ...packed, zip: await bytesOf(packed.zip) };
}

const burn: EvidenceItem = {
  path: 'slo/burn.png',
  mediaType: 'image/png',
  content: storedContent(png),
  origin: 'gate:slo',
};

export function reportFor(gate: GateName, change: Partial<GateResult> = {}): GateReport {
  const result = gateResultFor(gate, { repository, sha: commit }, change);
  const origin = {
    via: 'oidc',
    runId: 42,
    runAttempt: 1,
    workflowRef: 'acme/shop/.github/workflows/gates.yml@refs/tags/v1.0.0',
    receivedAt: decidedAt - 60_000,
  } as const;
  return { gate, result, resultSha256: sha256Of(JSON.stringify(result)), origin };
}

export function auditOf(count: number): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let n = 1; n <= count; n++) {
    const note = { action: `step-${n}`, actor: 'mona', reason: 'asked', reasonCode: null, data: { n } };
    entries.push(nextAuditEntry(entries.at(-1) ?? null, note, decidedAt - 1_000 * (count - n), repository));
  }
  return entries;
}

/** A whole, good release; tests change one thing. */
export function inputsFor(change: Partial<EvidenceInputs> = {}): EvidenceInputs {
  const slo = { path: burn.path, sha256: burn.content.sha256, media_type: burn.mediaType };
  return {
    subject: {
      repository,
      tag: 'v1.0.0',
      tagObject: 'b'.repeat(40),
      commit,
      tree: 'c'.repeat(40),
      artifacts: [{ name: 'ghcr.io/acme/shop', sha256: 'd'.repeat(64) }],
    },
    outcome: 'ga',
    decidedAt,
    promotedAt: decidedAt - 30_000,
    configSha256: '0'.repeat(64),
    policySha256: ['1'.repeat(64)],
    requiredGates: ['slo', 'migrations'],
    maxGateAge: 86_400_000,
    reports: [reportFor('slo', { evidence: [slo] }), reportFor('migrations')],
    files: [burn],
    canary: [
      { step: 0, weight: 10, verdict: 'ready', reasons: ['enough requests'], data: { requests: 500 } },
    ],
    approvals: [
      {
        step: 'promote 10',
        actor: 'mona',
        role: 'maintain',
        decision: 'allowed',
        reasons: [],
        sha: commit,
        at: decidedAt - 60_000,
        url: null,
      },
    ],
    exceptions: [],
    releaseNotes: '# v1.0.0\n\nFaster.',
    audit: auditOf(3),
    ...change,
  };
}

/** The same release with the signed head of its log, whose last entry is the last one given. */
export async function withAuditTree(inputs: EvidenceInputs, ports: EvidencePorts): Promise<EvidenceInputs> {
  const leaves = inputs.audit.map(leafOf);
  const head = headOf(inputs.audit.at(-1) as AuditEntry);
  const payload = renderTreeHead({
    schema_version: 1,
    repository,
    size: leaves.length,
    root_sha256: merkleRoot(leaves),
    head,
    signed_at: new Date(decidedAt).toISOString(),
  });
  const proofs = makeInclusionProofs(
    leaves,
    inputs.audit.map(({ seq }) => seq),
  );
  const bundle = await ports.signer.attest(payload, treeHeadType);
  return { ...inputs, auditTree: { head: new TextDecoder().decode(bundle), proofs } };
}

/** Real parts: the zip adapter and an ECDSA key of this test run. */
export function portsWith(privateKeyPem: string): EvidencePorts & { readonly signer: KeySigner } {
  const signer = localKeySigner({ privateKeyPem });
  return {
    writeArchive: writeZip,
    readArchive: readZip,
    signer,
    verifyBundle,
    trustedKeys: async () => [trustedKeyFromPem((await signer.publicKey()).pem)],
  };
}

export function newPrivateKey(namedCurve = 'P-256'): string {
  return generateKeyPairSync('ec', { namedCurve })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
