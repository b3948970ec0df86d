import { ConfigError } from '../../../core/errors.ts';
import type { Subject } from '../../../core/gate/result.ts';
import type { OpenSignatureVerifier, TrustAnchors } from '../../../core/ports/attestations.ts';
import type { FileTree } from '../../../core/ports/system.ts';
import { readAnchors } from './anchors.ts';
import { digestsOf, factsOf, rememberingVerifier } from './collect.ts';
import { parseSignedDocuments } from './documents.ts';
import { evaluateProvenance, type ProvenanceVerdict } from './evaluate.ts';
import { parseDigest } from './facts.ts';
import { provenanceOptionsSchema } from './options.ts';
import { type ProvenancePolicy, provenancePolicy } from './policy.ts';
import type { AttestationSource, NamedArtifact } from './sources.ts';

/** What is about to be deployed: its digest as the registry or the cluster tells it, or its content. */
export type DeployedArtifact =
  | { readonly name: string; readonly digest: string }
  | { readonly name: string; readonly bytes: Uint8Array };

export interface DeployCheck {
  readonly artifacts: readonly DeployedArtifact[];
  /** Evidence files as they were stored; only those under `attestations/` and `signatures/` are looked at. */
  readonly stored: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly anchors: TrustAnchors;
  readonly policy: ProvenancePolicy;
  readonly openVerifier: OpenSignatureVerifier;
}

/**
 * Whom to trust before a deployment, by the section `gates.supply-chain` and the files of the branch that decides
 * it now: a root or key that was withdrawn there since the build is trusted no more.
 *
 * @throws ConfigError when the section cannot be read, or an anchor is missing
 */
export async function readDeployTrust(
  section: unknown,
  files: FileTree,
  subject: Subject,
): Promise<Pick<DeployCheck, 'anchors' | 'policy'>> {
  const raw = (section as { readonly provenance?: unknown } | null | undefined)?.provenance ?? {};
  const parsed = provenanceOptionsSchema.safeParse(raw);
  if (!parsed.success) {
    throw new ConfigError(
      'PROVENANCE_CONFIG_INVALID',
      `gates.supply-chain.provenance: ${parsed.error.issues[0]?.message ?? 'it cannot be read'}`,
      'Correct the section on the default branch; `release-conductor validate` says where it is wrong.',
    );
  }
  const { anchors } = await readAnchors(parsed.data, { files });
  return { anchors, policy: provenancePolicy(parsed.data, subject) };
}

/**
 * The gate's verdict once more, from the artifact that is about to be deployed and the evidence that was stored:
 * every signature is verified again, against today's anchors and today's policy. What was true at the build does
 * not count. Nothing to deploy is inconclusive.
 *
 * @throws ConfigError when a trust anchor cannot be used
 */
export async function verifyAtDeploy(check: DeployCheck): Promise<ProvenanceVerdict> {
  const verify = rememberingVerifier(await check.openVerifier(check.anchors));
  const files: AttestationSource[] = [];
  const unreadable: { path: string; problem: string }[] = [];
  for (const { path, bytes } of check.stored.filter((file) =>
    /^(attestations|signatures)\//.test(file.path),
  )) {
    const found = parseSignedDocuments(bytes);
    if (typeof found === 'string') unreadable.push({ path, problem: found });
    else files.push({ path, found });
  }
  const searched = ['attestations/*.intoto.jsonl', 'signatures/*.sig'];
  const artifacts = check.artifacts.map((one) =>
    factsOf(named(one), { searched, unread: null, files }, verify),
  );
  return evaluateProvenance(
    { state: 'collected', artifacts, missing: [], unreadable, anchorsFromChange: [] },
    check.policy,
  );
}

function named(artifact: DeployedArtifact): NamedArtifact {
  return 'bytes' in artifact
    ? { name: artifact.name, digests: digestsOf(artifact.bytes), bytes: artifact.bytes }
    : { name: artifact.name, digests: [parseDigest(artifact.digest)], bytes: null };
}
