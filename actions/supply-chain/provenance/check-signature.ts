import type { RefusedStep, Signatory, SignatureCheck } from '../../../core/ports/attestations.ts';
import { type Problem, type ProvenanceCode, problem } from './codes.ts';
import { matchesWhole, type ProvenancePolicy } from './policy.ts';

const codeOf: Readonly<Record<RefusedStep, ProvenanceCode>> = {
  format: 'attestation-unreadable',
  key: 'key-unknown',
  certificate: 'certificate-untrusted',
  'signing-time': 'signing-time-unproven',
  'log-missing': 'log-entry-missing',
  'log-entry': 'log-entry-invalid',
  signature: 'signature-invalid',
  'artifact-needed': 'signature-needs-artifact',
};

/** Why the verifier refused. */
export function refusal({ step, reason }: Extract<SignatureCheck, { ok: false }>): Problem {
  return problem(codeOf[step], `The signature does not hold: ${reason}.`);
}

/** Whether this signer may sign. A signature that is perfectly valid, but somebody else's, ends here. */
export function checkSignatory(signatory: Signatory, { identities }: ProvenancePolicy): Problem[] {
  // The verifier was given the trusted keys alone: a signature by any other did not hold.
  if (signatory.kind === 'key') return [];
  const { issuer, identity } = signatory;
  const sameIssuer = identities.filter((expected) => expected.issuer === issuer);
  const others = [...new Set(identities.map((expected) => expected.issuer))];
  if (sameIssuer.length === 0) {
    return [
      problem(
        'issuer-unexpected',
        `It is validly signed by \`${identity}\`, for whom \`${issuer}\` vouches; expected ${quoted(others)}.`,
      ),
    ];
  }
  if (sameIssuer.some((expected) => matchesWhole(expected.identity, identity))) return [];
  return [
    problem(
      'identity-unexpected',
      `It is validly signed, but by \`${identity}\`; expected ${quoted(sameIssuer.map((one) => one.identity))}.`,
    ),
  ];
}

/** For a person: who signed. */
export function describeSignatory(signatory: Signatory): string {
  return signatory.kind === 'key'
    ? `key ${signatory.name} (sha256:${signatory.fingerprint.slice(0, 12)}…)`
    : signatory.identity;
}

export function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'nobody with a certificate' : names.map((name) => `\`${name}\``).join(' or ');
}
