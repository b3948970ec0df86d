import { VerificationError as SigstoreError } from '@sigstore/verify';
import type { RefusedStep, SignatureCheck } from '../../core/ports/attestations.ts';

export type Refused = Extract<SignatureCheck, { ok: false }>;

export function refused(step: RefusedStep, reason: string): Refused {
  return { ok: false, step, reason };
}

/** Whatever a crafted document makes a library throw is a refusal, never an exception of ours. */
export function attempt(run: () => SignatureCheck): SignatureCheck {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SigstoreError)) return refused('format', 'its parts cannot be read');
    return refused(stepOf(error), causeOf(error));
  }
}

function stepOf({ code, message }: SigstoreError): RefusedStep {
  switch (code) {
    case 'TLOG_ERROR':
      return message.startsWith('expected') ? 'log-missing' : 'log-entry';
    case 'TLOG_MISSING_INCLUSION_ERROR':
      return 'log-missing';
    case 'TLOG_INCLUSION_PROOF_ERROR':
    case 'TLOG_INCLUSION_PROMISE_ERROR':
    case 'TLOG_BODY_ERROR':
      return 'log-entry';
    case 'TIMESTAMP_ERROR':
      return 'signing-time';
    case 'CERTIFICATE_ERROR':
      return 'certificate';
    case 'PUBLIC_KEY_ERROR':
      return 'key';
    case 'SIGNATURE_ERROR':
      return 'signature';
    case 'NOT_IMPLEMENTED_ERROR':
      return 'format';
  }
}

function causeOf(error: SigstoreError): string {
  const inner = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${inner}`.slice(0, 300);
}
