import { VerificationError } from '../errors.ts';
import type { BundleVerifier, TrustedKey } from '../ports/signer.ts';
import { signerProblem } from './signer-rules.ts';
import { payloadType, type Statement, statementSchema, zipName } from './statement.ts';
import {
  type Opened,
  type Problem,
  type ProblemCode,
  problem,
  type VerificationInput,
} from './verification.ts';

const place = 'evidence.zip.sigstore.json';

export interface SignedStatement {
  readonly statement: Statement | null;
  readonly key: TrustedKey | null;
  readonly problems: readonly Problem[];
}

/** Who signed, and the statement that they signed. */
export function readStatement(input: VerificationInput, verify: BundleVerifier): SignedStatement {
  if (input.bundle === null) return refused('UNSIGNED', 'there is no signature bundle beside the zip');
  try {
    const signed = verify(input.bundle, input.trustedKeys);
    const statement = parseStatement(signed.payload);
    if (signed.payloadType !== payloadType || statement === null) {
      return refused('UNSIGNED', 'what is signed is not the decision to release');
    }
    return { statement, key: signed.key, problems: signerProblems(signed.key, statement) };
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return refused(error.code as ProblemCode, error.message);
  }
}

/** Whether the statement is about this zip and says what the zip says. */
export function checkStatement(
  signed: SignedStatement,
  zipSha256: string,
  opened: Opened | null,
): readonly Problem[] {
  const statement = signed.statement;
  if (statement === null) return [];
  const { predicate } = statement;
  const subject = opened?.manifest.subject;
  if (subject !== undefined && predicate.commit !== subject.commit) {
    const message = `the signature is of ${predicate.tag} at ${predicate.commit}, the zip of ${subject.tag} at ${subject.commit}`;
    return [problem('OTHER_COMMIT', place, message)];
  }
  if (
    subject !== undefined &&
    (predicate.repository !== subject.repository || predicate.tag !== subject.tag)
  ) {
    const message = `the signature is of ${predicate.repository} ${predicate.tag}, the zip of ${subject.repository} ${subject.tag}`;
    return [problem('OTHER_RELEASE', place, message)];
  }
  const digest = signedZipDigest(statement);
  if (digest === zipSha256) return [];
  const manifest = opened !== null && opened.manifestSha256 !== predicate.manifest_sha256;
  return [
    problem(
      'TAMPERED',
      zipName,
      `expected sha256 ${digest ?? 'of the zip, which is not signed'}, found ${zipSha256}`,
    ),
    ...(manifest ? [problem('TAMPERED', '_manifest.json', 'is not the manifest that was signed')] : []),
  ];
}

function signedZipDigest(statement: Statement): string | null {
  const subject = statement.subject.find(({ name }) => name === zipName);
  return subject !== undefined && 'sha256' in subject.digest ? subject.digest.sha256 : null;
}

function signerProblems(key: TrustedKey, { predicate }: Statement): readonly Problem[] {
  const found = signerProblem(place, key, predicate.repository, Date.parse(predicate.decided_at));
  return found === null ? [] : [found];
}

function parseStatement(payload: Uint8Array): Statement | null {
  try {
    return statementSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  } catch {
    return null;
  }
}

function refused(code: ProblemCode, message: string): SignedStatement {
  return { statement: null, key: null, problems: [problem(code, place, message)] };
}
