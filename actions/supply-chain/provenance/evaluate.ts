import type { Finding, Verdict } from '../../../core/gate/result.ts';
import { plural } from '../../../core/gate/verdict.ts';
import { describeSignatory } from './check-signature.ts';
import { help, type Problem } from './codes.ts';
import { type ArtifactFacts, type ProvenanceFacts, printDigest } from './facts.ts';
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

/** At most so many problems of one artifact are spelled out. */
const shownProblems = 25;

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
    ...judged.flatMap((one) => one.findings),
    ...facts.missing.map(artifactMissing),
    ...facts.unreadable.map(unreadable),
    ...facts.anchorsFromChange.map(anchorFromChange),
  ];
  const failed = artifacts.some(({ trusted }) => !trusted);
  const blind = facts.missing.length > 0 || artifacts.length === 0;
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
): { readonly proven: ProvenArtifact; readonly findings: readonly Finding[] } {
  const judgements = artifact.attestations.map((attestation) =>
    judgeAttestation(attestation, artifact, policy),
  );
  const relied = judgements.filter((one) => policy.kinds.some((kind) => proves(one, kind)));
  const lacking = policy.kinds.filter((kind) => !judgements.some((one) => proves(one, kind)));
  const trusted = lacking.length === 0;
  const digest = artifact.digests.map(printDigest)[0] ?? '';
  return {
    proven: { name: artifact.name, digest, trusted, relied },
    findings: trusted
      ? [trustedFinding(artifact, relied), ...ignored(judgements, relied)]
      : lacking.flatMap((kind) => lackingFindings(artifact, judgements, kind)),
  };
}

function proves({ distrust, provenance }: Judgement, kind: 'provenance' | 'signature'): boolean {
  return distrust.length === 0 && (kind === 'signature' || provenance?.length === 0);
}

/** Why nothing proves the artifact: the problems of what is about it, else of everything that was found. */
function lackingFindings(
  { name, searched, attestations }: ArtifactFacts,
  judgements: readonly Judgement[],
  kind: 'provenance' | 'signature',
): Finding[] {
  if (attestations.length === 0) {
    return [
      {
        code: 'attestation-missing',
        level: 'error',
        message: `Nothing signed was found for \`${name}\` (${searched.join(', ')}).`,
        help: 'Attest the artifact in its build (actions/attest-build-provenance), and fetch the attestation before this gate.',
        data: { artifact: name },
      },
    ];
  }
  const own = judgements.filter(({ about }) => about !== false);
  const candidates = judgements.some(({ about }) => about) ? own : judgements;
  const ofKind = candidates.filter((one) => kind === 'signature' || one.provenance !== null);
  const problems = (ofKind.length > 0 ? ofKind : candidates).flatMap((one) =>
    [...one.distrust, ...(kind === 'provenance' ? (one.provenance ?? []) : [])].map((found) =>
      problemFinding(name, one, found),
    ),
  );
  const unproven = ofKind.length === 0 && candidates.some(({ distrust }) => distrust.length === 0);
  if (unproven) problems.push(provenanceMissing(name, candidates));
  return problems.slice(0, shownProblems);
}

function problemFinding(
  name: string,
  { attestation, signatory }: Judgement,
  { code, message }: Problem,
): Finding {
  return {
    code,
    level: 'error',
    message: `\`${name}\`: ${message}`,
    help: help[code],
    path: attestation.path,
    data: { artifact: name, ...(signatory === null ? {} : { signer: describeSignatory(signatory) }) },
  };
}

function provenanceMissing(name: string, candidates: readonly Judgement[]): Finding {
  const types = [...new Set(candidates.map(({ predicateType }) => predicateType ?? 'a signature'))];
  return {
    code: 'provenance-missing',
    level: 'error',
    message: `Nothing says how \`${name}\` was built: there is ${types.map((type) => `\`${type}\``).join(', ')}, but no SLSA provenance (v1 or v0.2).`,
    help: 'Attest the build itself (actions/attest-build-provenance), not only the artifact or its SBOM.',
    data: { artifact: name },
  };
}

function trustedFinding({ name, digests }: ArtifactFacts, relied: readonly Judgement[]): Finding {
  const signers = signersOf(relied);
  return {
    code: 'provenance-trusted',
    level: 'notice',
    message: `\`${name}\` is proven by ${signers.map((signer) => `\`${signer}\``).join(', ')}.`,
    help: 'Nothing to do.',
    data: { artifact: name, digests: digests.map(printDigest), signers },
  };
}

function signersOf(relied: readonly Judgement[]): string[] {
  return [...new Set(relied.flatMap(({ signatory }) => (signatory ? [describeSignatory(signatory)] : [])))];
}

/** What is about the artifact and does not hold is told even when something else proves the artifact. */
function ignored(judgements: readonly Judgement[], relied: readonly Judgement[]): Finding[] {
  return judgements
    .filter((one) => one.about !== false && !relied.includes(one) && one.distrust.length > 0)
    .slice(0, shownProblems)
    .map(({ attestation, distrust }) => ({
      code: 'attestation-ignored',
      level: 'notice',
      message: `An attestation was not relied on: ${distrust[0]?.message ?? ''}`,
      help: 'Remove it if nobody needs it.',
      path: attestation.path,
    }));
}

function artifactMissing(glob: string): Finding {
  return {
    code: 'artifact-missing',
    level: 'warning',
    message: `No file matches \`${glob}\`: there is nothing to compare the attestations with.`,
    help: 'Build or download the artifact before this gate, or correct provenance.artifacts.',
  };
}

function unreadable({ path, problem }: { readonly path: string; readonly problem: string }): Finding {
  return {
    code: 'attestation-unreadable',
    level: 'warning',
    message: `\`${path}\` cannot be used: ${problem}.`,
    help: help['attestation-unreadable'],
    path,
  };
}

function anchorFromChange(path: string): Finding {
  return {
    code: 'trust-anchor-from-change',
    level: 'warning',
    message: `\`${path}\` is not on the base branch yet: this change says by itself whom to trust.`,
    help: 'Have its owners review the file; once it is merged the base branch decides.',
    path,
  };
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
