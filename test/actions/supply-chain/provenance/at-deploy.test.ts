import { describe, expect, it } from 'vitest';
import {
  evaluateProvenance,
  provenancePolicy,
  runGate,
  verifyAtDeploy,
} from '../../../../actions/registry.ts';
import { supplyChainGate } from '../../../../actions/supply-chain/gate.ts';
import { collectProvenance } from '../../../../actions/supply-chain/provenance/collect.ts';
import { provenanceEvidence } from '../../../../actions/supply-chain/provenance/evidence.ts';
import { openSignatures } from '../../../../adapters/sigstore/lazy.ts';
import { pathProblem } from '../../../../core/evidence/path.ts';
import { slots } from '../../../../core/evidence/slots.ts';
import { memoryIo } from '../../../support/memory-io.ts';
import { sha256 } from '../../../support/sigstore/certificates.ts';
import { githubIssuer, releaseWorkflow, SigstoreInstance } from '../../../support/sigstore/instance.ts';
import { artifact, digest, optionsOf, sigstore, slsaV1, subject, trustedRoot } from './world.ts';

const provenance = {
  artifacts: [{ path: 'dist/shop.tgz', attestations: ['attestations/**'] }],
  require: ['provenance', 'signature'],
  trusted_root: 'trusted_root.json',
  identities: [{ issuer: githubIssuer, identity: releaseWorkflow }],
};
const files = {
  'dist/shop.tgz': artifact,
  'trusted_root.json': trustedRoot,
  'attestations/shop.jsonl': `${JSON.stringify(sigstore.attest(slsaV1()))}\n`,
  'attestations/shop.sigstore.json': JSON.stringify(sigstore.signArtifact(artifact), null, 2),
};
const anchors = { roots: [trustedRoot], keys: [], witnesses: { log: 1, sct: 1, timestamp: 1 } };

/** The gate as a job runs it: what it stores is what a deployment has. */
async function atBuild(change: Readonly<Record<string, string>> = {}) {
  const io = { ...memoryIo({ ...files, ...change }), signatures: openSignatures };
  const tool = { name: 'release-conductor', version: '0.0.0' };
  const rawOptions = { provenance };
  return runGate(supplyChainGate, { rawOptions, subject, io, configSha256: '0'.repeat(64), tool });
}

describe('what the gate leaves behind', () => {
  it('is the attestations it relied on, in the places of the evidence zip', async () => {
    const { files: evidence } = await atBuild();
    const kept = evidence.map(({ path }) => path).filter((path) => !path.startsWith('sbom/'));
    expect(kept).toEqual(['attestations/dist-shop.tgz.intoto.jsonl', 'signatures/dist-shop.tgz.sig']);
    for (const path of kept) {
      expect(pathProblem(path)).toBeNull();
      expect(slots.some(({ matches }) => matches.test(path))).toBe(true);
    }
  });

  it('says in the result who signed', async () => {
    const { result } = await atBuild();
    expect(result.measurements.provenance).toMatchObject({
      verdict: 'pass',
      artifacts: [
        { name: 'dist/shop.tgz', digest: `sha256:${digest}`, trusted: true, signers: [releaseWorkflow] },
      ],
    });
  });

  it('stays within what can be submitted, however many artifacts there are', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `dist/part-${index}.tgz`);
    const parts = names.map((name) => [name, Buffer.from(name)] as const);
    const subjects = parts.map(([name, bytes]) => ({
      name,
      digest: { sha256: sha256(bytes).toString('hex') },
    }));
    const all = { ...slsaV1(), subject: [...slsaV1().subject, ...subjects] };
    const signed = parts.map(([name, bytes]) => [
      `attestations/${name}.json`,
      JSON.stringify(sigstore.signArtifact(bytes)),
    ]);
    const io = {
      ...memoryIo({
        ...files,
        ...Object.fromEntries(parts),
        ...Object.fromEntries(signed),
        'attestations/shop.jsonl': JSON.stringify(sigstore.attest(all)),
      }),
      signatures: openSignatures,
    };
    const options = optionsOf({
      ...provenance,
      artifacts: [{ ...provenance.artifacts[0], path: 'dist/*.tgz' }],
    });
    const { artifacts } = evaluateProvenance(
      await collectProvenance(options, subject, io),
      provenancePolicy(options, subject),
    );
    expect(artifacts.filter(({ trusted }) => trusted)).toHaveLength(31);
    const kept = provenanceEvidence(artifacts);
    expect(kept.map(({ path }) => path)).toEqual([
      'attestations/artifacts.intoto.jsonl',
      'signatures/artifacts.sig',
    ]);
    expect(kept.map(({ bytes }) => new TextDecoder().decode(bytes).trim().split('\n').length)).toEqual([
      1, 31,
    ]);
  });

  it('is nothing for an artifact that is not trusted', async () => {
    const { result, files: evidence } = await atBuild({ 'dist/shop.tgz': 'something else' });
    expect(result.verdict).toBe('fail');
    expect(evidence.filter(({ path }) => /^(attestations|signatures)\//.test(path))).toEqual([]);
  });
});

describe('the verdict before a deployment', () => {
  const policy = provenancePolicy(optionsOf(), subject);
  const check = async (change: Partial<Parameters<typeof verifyAtDeploy>[0]> = {}) => {
    const stored = (await atBuild()).files;
    const artifacts = [{ name: 'shop', digest: `sha256:${digest}` }];
    return verifyAtDeploy({ artifacts, stored, anchors, policy, openVerifier: openSignatures, ...change });
  };

  it('is the same as at the build, from the stored evidence and a digest', async () => {
    expect(await check()).toMatchObject({ verdict: 'pass', artifacts: [{ name: 'shop', trusted: true }] });
  });

  it('verifies signatures over the content when the content is at hand', async () => {
    const signed = {
      policy: provenancePolicy(optionsOf({ require: ['signature'] }), subject),
      stored: (await atBuild()).files.filter(({ path }) => path.startsWith('signatures/')),
    };
    const content = [{ name: 'shop', bytes: artifact }];
    expect(await check({ ...signed, artifacts: content })).toMatchObject({ verdict: 'pass' });
    expect(await check(signed)).toMatchObject({
      verdict: 'fail',
      findings: [{ code: 'signature-needs-artifact' }],
    });
  });

  it.each<readonly [string, () => Parameters<typeof check>[0], string]>([
    [
      'another artifact is deployed',
      () => ({ artifacts: [{ name: 'shop', digest: `sha256:${'0'.repeat(64)}` }] }),
      'subject-mismatch',
    ],
    [
      'the signer is no longer trusted',
      () => ({ policy: { ...policy, identities: [] } }),
      'issuer-unexpected',
    ],
    [
      'the root is no longer trusted',
      () => ({ anchors: { ...anchors, roots: [new SigstoreInstance().trustedRoot()] } }),
      'certificate-untrusted',
    ],
    [
      'another commit is released',
      () => ({ policy: { ...policy, source: { ...policy.source, commit: 'b'.repeat(40) } } }),
      'source-commit-unexpected',
    ],
    ['nothing was stored', () => ({ stored: [] }), 'attestation-missing'],
  ])('is a refusal when %s', async (_, change, code) => {
    const { verdict, findings } = await check(change());
    expect(verdict).toBe('fail');
    expect(findings.map((finding) => finding.code)).toContain(code);
  });

  it('is inconclusive when there is nothing to deploy', async () => {
    expect(await check({ artifacts: [] })).toMatchObject({ verdict: 'inconclusive' });
  });

  it('does not depend on the names of the evidence', async () => {
    const stored = [
      { path: 'attestations/other.intoto.jsonl', bytes: Buffer.from(files['attestations/shop.jsonl']) },
    ];
    expect(
      await check({
        stored,
        artifacts: [{ name: 'x', digest: `sha256:${sha256(artifact).toString('hex')}` }],
      }),
    ).toMatchObject({ verdict: 'pass' });
  });
});
