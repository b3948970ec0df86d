import { describe, expect, it } from 'vitest';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { headOf } from '../../core/audit/entry.ts';
import { merkleRoot } from '../../core/audit/merkle.ts';
import { leafOf, makeInclusionProofs, renderTreeHead, treeHeadType } from '../../core/audit/tree-head.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import type { EvidenceInputs } from '../../core/evidence/inputs.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { planBundle } from '../../core/evidence/plan.ts';
import { makeStatement, payloadType, renderStatement } from '../../core/evidence/statement.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import {
  auditOf,
  gather,
  inputsFor,
  newPrivateKey,
  portsWith,
  repository,
  sha256Of,
  withAuditTree,
} from './support.ts';

const ports = portsWith(newPrivateKey());
type Tree = NonNullable<EvidenceInputs['auditTree']>;

/** Signed without the Conductor's own check before it. */
async function reportOf(inputs: EvidenceInputs) {
  const plan = planBundle(inputs);
  const zip = await gather(ports.writeArchive(plan.entries));
  const statement = makeStatement(plan.manifest, plan.manifestSha256, sha256Of(zip));
  const bundle = await ports.signer.attest(renderStatement(statement), payloadType);
  const key = trustedKeyFromPem((await ports.signer.publicKey()).pem);
  return verifyEvidence(
    { zip: memorySource(zip), bundle, trustedKeys: [key], expected: {} },
    { readArchive: readZip, verifyBundle: ports.verifyBundle },
  );
}

async function signedHead(change: Record<string, unknown>, signer = ports.signer): Promise<string> {
  const audit = auditOf(3);
  const payload = renderTreeHead({
    schema_version: 1,
    repository,
    size: 3,
    root_sha256: merkleRoot(audit.map(leafOf)),
    head: headOf(audit[2] as (typeof audit)[number]),
    signed_at: '2026-01-02T05:00:00.000Z',
    ...change,
  });
  return new TextDecoder().decode(await signer.attest(payload, treeHeadType));
}

async function withTree(change: (tree: Tree) => Partial<Tree>): Promise<EvidenceInputs> {
  const inputs = await withAuditTree(inputsFor(), ports);
  const tree = inputs.auditTree as Tree;
  return { ...inputs, auditTree: { ...tree, ...change(tree) } };
}

describe('the signed head of the audit log in the evidence', () => {
  it('ties the highlights to the whole log', async () => {
    const report = await reportOf(await withAuditTree(inputsFor(), ports));
    expect(report.problems).toEqual([]);
    expect(report.auditHead).toMatchObject({
      repository,
      size: 3,
      root_sha256: merkleRoot(auditOf(3).map(leafOf)),
    });
  });

  it('is listed as absent when nobody signed one', async () => {
    const report = await reportOf(inputsFor());
    expect(report).toMatchObject({ ok: true, auditHead: null });
    expect(report.manifest?.absent.map(({ slot }) => slot)).toContain('audit-tree');
  });

  it.each<[string, () => Promise<Partial<Tree>>, string]>([
    [
      'a head by another key',
      async () => ({ head: await signedHead({}, portsWith(newPrivateKey()).signer) }),
      'UNKNOWN_KEY audit/tree_head.sigstore.json',
    ],
    [
      'the head of another repository',
      async () => ({ head: await signedHead({ repository: 'acme/other' }) }),
      'OTHER_RELEASE audit/tree_head.sigstore.json',
    ],
    [
      'a head over other entries',
      async () => ({ head: await signedHead({ root_sha256: 'a'.repeat(64) }) }),
      'TAMPERED audit/inclusion_proofs.json',
    ],
    [
      'something else that we signed',
      async () => {
        const bytes = await ports.signer.attest(new TextEncoder().encode('{}'), payloadType);
        return { head: new TextDecoder().decode(bytes) };
      },
      'UNSIGNED audit/tree_head.sigstore.json',
    ],
    [
      'a missing proof',
      async () => ({ proofs: makeInclusionProofs(auditOf(3).map(leafOf), [1, 3]) }),
      'TAMPERED audit/inclusion_proofs.json',
    ],
  ])('does not hold with %s', async (_name, change, problem) => {
    const changed = await change();
    const { problems } = await reportOf(await withTree(() => changed));
    expect(problems.map(({ code, entry }) => `${code} ${entry}`)).toEqual([problem]);
  });

  it('does not hold with the proof of another entry', async () => {
    const inputs = await withTree(({ proofs }) => ({
      proofs: {
        ...proofs,
        proofs: proofs.proofs.map(({ seq }, n) => ({ seq, path: proofs.proofs[(n + 1) % 3]?.path ?? [] })),
      },
    }));
    const { problems } = await reportOf(inputs);
    expect(problems.map(({ message }) => message)).toContain('entry 1 is not proved to be in the log');
  });
});
