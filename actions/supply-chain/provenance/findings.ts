import type { Finding } from '../../../core/gate/result.ts';
import { describeSignatory } from './check-signature.ts';
import { help, type Problem } from './codes.ts';
import { type ArtifactFacts, type AttestationFacts, printDigest } from './facts.ts';
import type { Judgement } from './judge.ts';
import type { ProvenancePolicy } from './policy.ts';

/** At most so many problems of one artifact are spelled out. */
const shownProblems = 25;

/** Why nothing proves the artifact: the problems of what is about it, else of everything that was found. */
export function lackingFindings(
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

/** Nobody knows whether there is an attestation. */
export function attestationsUnread({ name }: ArtifactFacts, reason: string): Finding {
  return {
    code: 'attestations-unread',
    level: 'warning',
    message: `What GitHub attests of \`${name}\` is not known, not read: ${reason}.`,
    help: 'Give the job `permissions: { attestations: read }` and the gate a github-token (GITHUB_TOKEN in a shell), or fetch the attestation before this gate (gh attestation download) and name its file in provenance.artifacts.',
    data: { artifact: name },
  };
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
    ...placeOf(attestation),
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

export function trustedFinding({ name, digests }: ArtifactFacts, relied: readonly Judgement[]): Finding {
  const signers = signersOf(relied);
  return {
    code: 'provenance-trusted',
    level: 'notice',
    message: `\`${name}\` is proven by ${signers.map((signer) => `\`${signer}\``).join(', ')}.`,
    help: 'Nothing to do.',
    data: { artifact: name, digests: digests.map(printDigest), signers },
  };
}

export function signersOf(relied: readonly Judgement[]): string[] {
  return [...new Set(relied.flatMap(({ signatory }) => (signatory ? [describeSignatory(signatory)] : [])))];
}

/** What is about the artifact and does not hold is told even when something else proves the artifact. */
export function ignored(judgements: readonly Judgement[], relied: readonly Judgement[]): Finding[] {
  return judgements
    .filter((one) => one.about !== false && !relied.includes(one) && one.distrust.length > 0)
    .slice(0, shownProblems)
    .map(({ attestation, distrust }) => ({
      code: 'attestation-ignored',
      level: 'notice',
      message: `An attestation was not relied on: ${distrust[0]?.message ?? ''}`,
      help: 'Remove it if nobody needs it.',
      ...placeOf(attestation),
    }));
}

function placeOf({ path }: AttestationFacts): { readonly path?: string } {
  return path === undefined ? {} : { path };
}

export function artifactMissing(glob: string): Finding {
  return {
    code: 'artifact-missing',
    level: 'warning',
    message: `No file matches \`${glob}\`, or it names no digest: there is nothing to compare the attestations with.`,
    help: 'Build or download the artifact before this gate, or correct provenance.artifacts.',
  };
}

export function unreadable({ path, problem }: { readonly path: string; readonly problem: string }): Finding {
  return {
    code: 'attestation-unreadable',
    level: 'warning',
    message: `\`${path}\` cannot be used: ${problem}.`,
    help: help['attestation-unreadable'],
    path,
  };
}

export function anchorFromChange(path: string): Finding {
  return {
    code: 'trust-anchor-from-change',
    level: 'warning',
    message: `\`${path}\` is not on the base branch yet: this change says by itself whom to trust.`,
    help: 'Have its owners review the file; once it is merged the base branch decides.',
    path,
  };
}

export function identityDerived({ identities }: Pick<ProvenancePolicy, 'identities'>): Finding {
  return {
    code: 'provenance-identity-derived',
    level: 'notice',
    message: `The config names nobody who may sign; trusted was ${identities.map(({ identity }) => `\`${identity}\``).join(' or ')}.`,
    help: 'Name the one workflow that builds releases: provenance.identities: [{ workflow: .github/workflows/release.yml }].',
  };
}
