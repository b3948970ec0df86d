/** Every way in which an attestation fails, and what to do about it. The codes are stable. */
export const help = {
  'attestation-unreadable':
    'Fetch it again with its tool (gh attestation download, npm, cosign) and keep it as it is.',
  'signature-invalid':
    'Fetch artifact and attestation again from where they were published; one of them was changed.',
  'signature-needs-artifact': 'Give the artifact as a path, or attest it with a statement (actions/attest).',
  'key-unknown':
    'If that signer is trusted, commit its public key and name it in provenance.keys on the base branch.',
  'certificate-untrusted':
    'Check that provenance.trusted_root is the root of the sigstore instance that signed, and is current: private repositories are signed by GitHub’s own (gh attestation trusted-root).',
  'signing-time-unproven':
    'Sign with a timestamp authority or a log that the trusted root names, while the certificate is valid.',
  'log-entry-missing':
    'Sign with transparency; for a private deployment without a log set provenance.transparency.log to 0.',
  'log-entry-invalid':
    'The attestation was changed after it was logged, or the entry is another one: fetch it again, else attest again.',
  'issuer-unexpected':
    'Sign with the issuer that provenance.identities names; trust another only on the base branch.',
  'identity-unexpected':
    'Build with the workflow that provenance.identities names. If this signer is right, name it there on the base branch.',
  'payload-unsupported': 'Attest with an in-toto statement (payload type application/vnd.in-toto+json).',
  'statement-malformed': 'Make the attestation again with a tool that follows the in-toto specification.',
  'subject-mismatch':
    'Attest the very file that is released, after its last change, and give that attestation.',
  'provenance-malformed': 'Make the provenance again with a tool that follows SLSA v1 or v0.2.',
  'provenance-contradicts-certificate':
    'The builder wrote something else than its certificate says: do not use this artifact before that is explained.',
  'source-repository-unexpected': 'Build from the repository in provenance.source.repository.',
  'source-ref-unexpected': 'Build from the ref in provenance.source.ref, or correct it on the base branch.',
  'source-commit-unexpected':
    'Build the commit that is released; set provenance.source.commit to any if older builds may be promoted.',
  'builder-unexpected': 'Build on a builder that provenance.builders names.',
  'workflow-inputs-unexpected': 'Start the build with the inputs in provenance.inputs, or name these there.',
} as const;

export type ProvenanceCode = keyof typeof help;

export interface Problem {
  readonly code: ProvenanceCode;
  readonly message: string;
}

export function problem(code: ProvenanceCode, message: string): Problem {
  return { code, message };
}
