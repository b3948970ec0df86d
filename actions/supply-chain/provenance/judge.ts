import type { Signatory } from '../../../core/ports/attestations.ts';
import { checkProvenance } from './check-provenance.ts';
import { checkSignatory, refusal } from './check-signature.ts';
import { checkCertifiedSource } from './check-source.ts';
import { type Problem, problem } from './codes.ts';
import { type ArtifactFacts, type AttestationFacts, printDigest } from './facts.ts';
import type { ProvenancePolicy } from './policy.ts';
import { isProvenanceType, parseProvenance } from './predicate.ts';
import {
  describeSubjects,
  isAbout,
  parseStatement,
  type Statement,
  statementPayloadType,
} from './statement.ts';

/** What one attestation proves of one artifact. */
export interface Judgement {
  readonly attestation: AttestationFacts;
  /** Null while the signature does not hold: then nobody is known to have signed. */
  readonly signatory: Signatory | null;
  /** False when it is about another artifact, whose business it is; null while nothing is known of it. */
  readonly about: boolean | null;
  /** Predicate type of the statement; null for a signature over the artifact itself. */
  readonly predicateType: string | null;
  /** What keeps it from being a trusted signature of the artifact. */
  readonly distrust: readonly Problem[];
  /** What keeps it, beyond that, from being the provenance asked for; null when it is no provenance. */
  readonly provenance: readonly Problem[] | null;
}

/** Judges one attestation: signature, signer, source of the run, subject, and provenance if it is that. */
export function judgeAttestation(
  attestation: AttestationFacts,
  artifact: ArtifactFacts,
  policy: ProvenancePolicy,
): Judgement {
  const { check } = attestation;
  const nothing = { attestation, about: null, predicateType: null, provenance: null };
  if (!check.ok) return { ...nothing, signatory: null, distrust: [refusal(check)] };
  const { signatory, covers } = check;
  const signer = [...checkSignatory(signatory, policy), ...checkCertifiedSource(signatory, policy)];
  if (covers.kind === 'artifact') return { ...nothing, about: true, signatory, distrust: signer };
  const statement = readStatement(covers);
  if ('code' in statement) return { ...nothing, signatory, distrust: [...signer, statement] };
  const about = isAbout(statement, artifact.digests);
  return {
    attestation,
    signatory,
    about,
    predicateType: statement.predicateType,
    distrust: about ? signer : [...signer, otherSubject(statement, artifact)],
    provenance: judgeProvenance(statement, signatory, policy),
  };
}

function readStatement(payload: { readonly type: string; readonly bytes: Uint8Array }): Statement | Problem {
  if (payload.type !== statementPayloadType) {
    return problem('payload-unsupported', `It signs a payload of type \`${payload.type.slice(0, 80)}\`.`);
  }
  const statement = parseStatement(payload.bytes);
  return typeof statement === 'string'
    ? problem('statement-malformed', `Its statement cannot be read: ${statement}.`)
    : statement;
}

function otherSubject(statement: Statement, { name, digests }: ArtifactFacts): Problem {
  const own = digests.map(printDigest)[0] ?? 'no digest';
  return problem(
    'subject-mismatch',
    `It is about ${describeSubjects(statement)}, not about ${name === own ? name : `${name} (${own})`}.`,
  );
}

function judgeProvenance(
  { predicateType, predicate }: Statement,
  signatory: Signatory,
  policy: ProvenancePolicy,
): readonly Problem[] | null {
  if (!isProvenanceType(predicateType)) return null;
  const provenance = parseProvenance(predicateType, predicate);
  return typeof provenance === 'string'
    ? [problem('provenance-malformed', `Its provenance cannot be read: ${provenance}.`)]
    : checkProvenance(provenance, signatory, policy);
}
