import { createHash } from 'node:crypto';
import { VerificationError } from '../errors.ts';
import type { ArchiveReader, ArchiveWriter } from '../ports/archive.ts';
import type { ByteSource } from '../ports/blob-store.ts';
import type { PolicyReplay } from '../ports/policy-engine.ts';
import type { BundleVerifier, Signer, TrustedKey } from '../ports/signer.ts';
import type { EvidenceInputs } from './inputs.ts';
import type { Manifest } from './manifest.ts';
import { planBundle } from './plan.ts';
import { makeStatement, payloadType, renderStatement } from './statement.ts';
import type { VerificationReport } from './verification.ts';
import { verifyEvidence } from './verify.ts';

export interface EvidencePorts {
  readonly writeArchive: ArchiveWriter;
  readonly readArchive: ArchiveReader;
  readonly signer: Signer;
  readonly verifyBundle: BundleVerifier;
  /** As in `VerificationPorts`: evidence whose decisions cannot be made again is not handed out. */
  readonly replayPolicies?: PolicyReplay;
  /** Our own keys, those of before too: a key may be rotated between packing and reading back. */
  readonly trustedKeys: () => Promise<readonly TrustedKey[]>;
}

/** Takes the packed zip away, piece by piece, to where it can be read again. */
export type KeepArchive = (
  pieces: AsyncIterable<Uint8Array>,
) => Promise<ByteSource & { readonly sha256: string }>;

export interface PackedEvidence {
  readonly zip: ByteSource;
  readonly sha256: string;
  readonly bundle: Uint8Array;
  readonly bundleSha256: string;
  readonly manifest: Manifest;
}

/**
 * Packs, signs, and verifies what it packed as an outsider would. The zip is the same for the same inputs; the
 * bundle is not, because an ECDSA signature holds a random number. Memory does not grow with the evidence.
 *
 * @throws VerificationError with the code of the first problem (`MISSING`, `STALE`, `OTHER_COMMIT` …): evidence
 * that would not verify is not handed out.
 */
export async function packEvidence(
  inputs: EvidenceInputs,
  ports: EvidencePorts,
  keep: KeepArchive,
): Promise<PackedEvidence> {
  const plan = planBundle(inputs);
  const zip = await keep(ports.writeArchive(plan.entries));
  const statement = makeStatement(plan.manifest, plan.manifestSha256, zip.sha256);
  const bundle = await ports.signer.attest(renderStatement(statement), payloadType);
  const packed = {
    zip,
    sha256: zip.sha256,
    bundle,
    bundleSha256: sha256(bundle),
    manifest: plan.manifest,
  };
  await readBackAndVerify({ zip, bundle }, packed, inputs.subject, ports);
  return packed;
}

/**
 * Verifies bytes that came back from where they were uploaded: that they are the ones that were packed, and
 * that they convince somebody who has only the public key.
 *
 * @throws VerificationError `TAMPERED` when the bytes are others, else as `packEvidence`.
 */
export async function readBackAndVerify(
  files: { readonly zip: ByteSource; readonly bundle: Uint8Array },
  expected: { readonly sha256: string; readonly bundleSha256: string },
  subject: { readonly repository: string; readonly tag: string; readonly commit: string },
  ports: Omit<EvidencePorts, 'writeArchive'>,
): Promise<VerificationReport> {
  compare('evidence.zip.sigstore.json', sha256(files.bundle), expected.bundleSha256);
  const { repository, tag, commit } = subject;
  const report = await verifyEvidence(
    { ...files, trustedKeys: await ports.trustedKeys(), expected: { repository, tag, commit } },
    ports,
  );
  compare('evidence.zip', report.zipSha256, expected.sha256);
  const first = report.problems[0];
  if (first === undefined) return report;
  const more = report.problems.length > 1 ? ` (and ${report.problems.length - 1} more)` : '';
  throw new VerificationError(
    first.code,
    `${first.entry ?? 'evidence'}: ${first.message}${more}`,
    first.help,
  );
}

function compare(name: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new VerificationError(
    'TAMPERED',
    `${name}: expected sha256 ${expected}, found ${found}`,
    'upload the packed bytes again; if it happens twice, find out what changes them',
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
