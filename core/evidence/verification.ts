import type { TreeHead } from '../audit/tree-head.ts';
import type { ArchiveReader, ReadArchive } from '../ports/archive.ts';
import type { ByteSource } from '../ports/blob-store.ts';
import type { PolicyReplay } from '../ports/policy-engine.ts';
import type { BundleVerifier, TrustedKey } from '../ports/signer.ts';
import type { Manifest } from './manifest.ts';

export interface VerificationInput {
  readonly zip: ByteSource;
  /** null: there is none, which is `UNSIGNED`. */
  readonly bundle: Uint8Array | null;
  readonly trustedKeys: readonly TrustedKey[];
  /** What the evidence must be about; members that are absent are not compared. */
  readonly expected: Expected;
}

/** What somebody knows of the release from elsewhere. */
export interface Expected {
  readonly repository?: string;
  /** Names that the repository had when the evidence was made. Whoever verifies says so: a name may be another's by now. */
  readonly formerly?: readonly string[];
  readonly tag?: string;
  readonly commit?: string;
  readonly outcome?: Manifest['outcome'];
  /** What the tag is in a clone that the verifier trusts; null: the clone has no such tag. */
  readonly clone?: TagInClone | null;
}

/** Object names, lower-case hex; `object` is the tag object, or the commit of a lightweight tag. */
export interface TagInClone {
  readonly object: string;
  readonly commit: string;
  readonly tree: string;
}

export interface VerificationPorts {
  readonly verifyBundle: BundleVerifier;
  readonly readArchive: ArchiveReader;
  /** Reads a zip that another tool wrote again, so that what was changed in it can be named; absent: it is not named. */
  readonly salvage?: ArchiveReader;
  /** Asks the kept policies again; absent: what they answered is taken from the evidence. */
  readonly replayPolicies?: PolicyReplay;
}

/** A zip whose structure and manifest could be read. */
export interface Opened extends Pick<ReadArchive, 'entries' | 'files'> {
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

export type ProblemCode =
  | 'UNSIGNED'
  | 'UNKNOWN_KEY'
  | 'WRONG_SIGNER'
  | 'REVOKED_KEY'
  | 'UNVERIFIED_WITNESS'
  | 'TAMPERED'
  | 'MISSING'
  | 'STALE'
  | 'OTHER_COMMIT'
  | 'TAG_MOVED'
  | 'OTHER_RELEASE'
  | 'NOT_PASSED';

/** One reason not to believe the evidence. `entry` names the file, null when it is about all of them. */
export interface Problem {
  readonly code: ProblemCode;
  readonly entry: string | null;
  readonly message: string;
  readonly help: string;
}

/** What each code asks of the person who reads it. */
const helpOf = {
  UNSIGNED: 'take evidence.zip.sigstore.json from the same release, or ask for evidence that is signed',
  UNKNOWN_KEY: 'give the public key of the Conductor with --key, after you made sure that it is theirs',
  WRONG_SIGNER: 'only a key that is trusted for this repository counts; do not use this evidence',
  REVOKED_KEY: 'do not use this evidence; ask the Conductor for evidence signed with its present key',
  UNVERIFIED_WITNESS: 'give the root of the log and the timestamp authority with --trusted-root',
  TAMPERED: 'download it again; if it stays like this it was changed after it was signed: do not use it',
  MISSING: 'run what should have made it for this commit, and release again',
  STALE: 'run the gate again shortly before the promotion',
  OTHER_COMMIT: 'take the evidence of the commit that you ask about',
  TAG_MOVED: 'find out who moved the tag, and when; what it names now was not released with this evidence',
  OTHER_RELEASE: 'take the evidence of the release that you ask about',
  NOT_PASSED: 'read the findings in the result; a release needs this gate to pass',
} as const satisfies Record<ProblemCode, string>;

export function problem(code: ProblemCode, entry: string | null, message: string): Problem {
  return { code, entry, message, help: helpOf[code] };
}

/** One step of the verification, in order, for people. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
}

export interface VerificationReport {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly checks: readonly Check[];
  readonly zipSha256: string;
  /** Hint of the key that signed; null when none was accepted. */
  readonly signedBy: string | null;
  /** null when the zip or its manifest could not be read. */
  readonly manifest: Manifest | null;
  /** The signed head of the whole audit log that the evidence carries; null when it has none or it does not hold. */
  readonly auditHead: TreeHead | null;
}
