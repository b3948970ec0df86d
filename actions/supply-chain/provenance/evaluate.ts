import type { Finding, Verdict } from '../../../core/gate/result.ts';
import { plural } from '../../../core/gate/verdict.ts';
import { type ArtifactFacts, type ProvenanceFacts, printDigest } from './facts.ts';
import {
  anchorFromChange,
  artifactMissing,
  attestationsUnread,
  identityDerived,
  ignored,
  lackingFindings,
  signersOf,
  trustedFinding,
  unreadable,
} from './findings.ts';
import { type Judgement, judgeAttestation } from './judge.ts';
import type { ProvenancePolicy } from './policy.ts';

/** What is proven of one artifact. */
export interface ProvenArtifact {
  readonly name: string;
  readonly digest: string;
  readonly trusted: boolean;
  /** The attestations that were relied on. */
  readonly relied: readonly Judgement[];
}

export interface ProvenanceVerdict {
  /** `skipped`: nothing is configured and nothing required. */
  readonly verdict: Extract<Verdict, 'pass' | 'fail' | 'inconclusive' | 'skipped'>;
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly artifacts: readonly ProvenArtifact[];
}

/**
 * Whether every artifact is proven: signed by whom the policy names, about exactly this artifact, built from the
 * source, on the builder and with the inputs that the policy names. Pure, so the same facts are judged the same at
 * the build and again before each deployment. An artifact without an attestation fails; what could not be looked
 * at is inconclusive.
 */
export function evaluateProvenance(facts: ProvenanceFacts, policy: ProvenancePolicy): ProvenanceVerdict {
  if (facts.state !== 'collected') return notChecked(facts.state, policy);
  const judged = facts.artifacts.map((artifact) => judgeArtifact(artifact, policy));
  const artifacts = judged.map(({ proven }) => proven);
  const findings = [
    ...(policy.derived ? [identityDerived(policy)] : []),
    ...judged.flatMap((one) => one.findings),
    ...facts.missing.map(artifactMissing),
    ...facts.unreadable.map(unreadable),
    ...facts.anchorsFromChange.map(anchorFromChange),
  ];
  const failed = judged.some(({ proven, blind }) => !proven.trusted && !blind);
  const blind = facts.missing.length > 0 || artifacts.length === 0 || judged.some((one) => one.blind);
  return {
    verdict: failed ? 'fail' : blind ? 'inconclusive' : 'pass',
    summary: `provenance of ${artifacts.filter(({ trusted }) => trusted).length} of ${plural(artifacts.length + facts.missing.length, 'artifact')} trusted`,
    findings,
    artifacts,
  };
}

function notChecked(
  state: 'not-configured' | 'no-verifier',
  { required }: ProvenancePolicy,
): ProvenanceVerdict {
  const blind = required || state === 'no-verifier';
  const why = {
    'not-configured': 'the config names no artifact',
    'no-verifier': 'this program was put together without a verifier',
  }[state];
  const finding: Finding = {
    code: 'provenance-not-checked',
    level: blind ? 'warning' : 'notice',
    message: `Provenance and signatures of the artifacts were not checked: ${why}.`,
    help: 'Name artifacts, their attestations and who may sign them under gates.supply-chain.provenance.',
  };
  return {
    verdict: blind ? 'inconclusive' : 'skipped',
    summary: 'provenance not checked',
    findings: [finding],
    artifacts: [],
  };
}

function judgeArtifact(
  artifact: ArtifactFacts,
  policy: ProvenancePolicy,
): { readonly proven: ProvenArtifact; readonly findings: readonly Finding[]; readonly blind: boolean } {
  const judgements = artifact.attestations.map((attestation) =>
    judgeAttestation(attestation, artifact, policy),
  );
  const relied = judgements.filter((one) => policy.kinds.some((kind) => proves(one, kind)));
  const lacking = policy.kinds.filter((kind) => !judgements.some((one) => proves(one, kind)));
  const trusted = lacking.length === 0;
  const digest = artifact.digests.map(printDigest)[0] ?? '';
  const proven = { name: artifact.name, digest, trusted, relied: trusted ? relied : [] };
  if (artifact.unread !== null) {
    return { proven, findings: [attestationsUnread(artifact, artifact.unread)], blind: true };
  }
  return {
    proven,
    blind: false,
    findings: trusted
      ? [trustedFinding(artifact, relied), ...ignored(judgements, relied)]
      : lacking.flatMap((kind) => lackingFindings(artifact, judgements, kind)),
  };
}

function proves({ distrust, provenance }: Judgement, kind: 'provenance' | 'signature'): boolean {
  return distrust.length === 0 && (kind === 'signature' || provenance?.length === 0);
}

/** For the result: which artifact is proven by whom. */
export function provenanceMeasurements({ verdict, artifacts }: ProvenanceVerdict): unknown {
  if (artifacts.length === 0) return 'not checked';
  return {
    verdict,
    artifacts: artifacts.map(({ name, digest, trusted, relied }) => ({
      name,
      digest,
      trusted,
      signers: signersOf(relied),
    })),
  };
}
