import { type AuditEntry, auditEntrySchema } from '../audit/entry.ts';
import { verifyInclusion } from '../audit/merkle.ts';
import { namesOf } from '../audit/names.ts';
import {
  inclusionProofsSchema,
  leafOf,
  parseTreeHead,
  type TreeHead,
  treeHeadType,
} from '../audit/tree-head.ts';
import { verifyAuditHighlights } from '../audit/verify.ts';
import { VerificationError } from '../errors.ts';
import type { BundleVerifier, TrustedKey } from '../ports/signer.ts';
import { highlightsPath, inclusionProofsPath, treeHeadPath } from './documents.ts';
import { signerProblem } from './signer-rules.ts';
import { type Opened, type Problem, type ProblemCode, problem } from './verification.ts';

export interface CheckedAudit {
  readonly problems: readonly Problem[];
  /** The signed head that the evidence carries, once it is verified: what later exports are compared with. */
  readonly head: TreeHead | null;
}

/**
 * The audit entries hold together, end in the head that was signed, and stand in the whole log whose signed tree
 * head lies beside them.
 */
export function checkAudit(
  { files, manifest }: Opened,
  verifyBundle: BundleVerifier,
  trusted: readonly TrustedKey[],
): CheckedAudit {
  const bytes = files.get(highlightsPath);
  if (bytes === undefined) return { problems: [], head: null }; // reported with the entries
  const entries = parseLines(bytes);
  if (entries === null) {
    return failed(problem('TAMPERED', highlightsPath, 'holds a line that is no audit entry'));
  }
  if ((entries.at(-1)?.repository ?? manifest.subject.repository) !== manifest.subject.repository) {
    return failed(problem('OTHER_RELEASE', highlightsPath, 'holds entries of another repository'));
  }
  const verdict = verifyAuditHighlights(entries, manifest.audit_head);
  if (!verdict.ok) {
    const message = `line ${verdict.position + 1}: ${verdict.message} (${verdict.code})`;
    return failed(problem('TAMPERED', highlightsPath, message));
  }
  return checkTree(files, entries, verifyBundle, trusted);
}

/** Both documents or neither; the manifest says when there are none. */
function checkTree(
  files: Opened['files'],
  entries: readonly AuditEntry[],
  verifyBundle: BundleVerifier,
  trusted: readonly TrustedKey[],
): CheckedAudit {
  const signed = files.get(treeHeadPath);
  const proofs = files.get(inclusionProofsPath);
  if (signed === undefined && proofs === undefined) return { problems: [], head: null };
  if (signed === undefined || proofs === undefined) {
    const missing = signed === undefined ? treeHeadPath : inclusionProofsPath;
    return failed(problem('MISSING', missing, 'the other half of the proof is there'));
  }
  const head = readHead(signed, entries, verifyBundle, trusted);
  if ('code' in head) return failed(head);
  const problems = checkProofs(proofs, entries, head);
  return { problems, head: problems.length === 0 ? head : null };
}

function readHead(
  bundle: Uint8Array,
  entries: readonly AuditEntry[],
  verifyBundle: BundleVerifier,
  trusted: readonly TrustedKey[],
): TreeHead | Problem {
  try {
    const signed = verifyBundle(bundle, trusted);
    const head = signed.payloadType === treeHeadType ? parseTreeHead(signed.payload) : null;
    if (head === null) return problem('UNSIGNED', treeHeadPath, 'what is signed is not a tree head');
    const repository = entries.at(-1)?.repository;
    if (head.repository !== repository) {
      return problem('OTHER_RELEASE', treeHeadPath, `is the head of ${head.repository}`);
    }
    return signerProblem(treeHeadPath, signed.key, head.repository, Date.parse(head.signed_at)) ?? head;
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return problem(error.code as ProblemCode, treeHeadPath, error.message);
  }
}

function checkProofs(bytes: Uint8Array, entries: readonly AuditEntry[], head: TreeHead): readonly Problem[] {
  const parsed = inclusionProofsSchema.safeParse(parseJson(bytes));
  if (!parsed.success) return [problem('TAMPERED', inclusionProofsPath, 'is not a list of proofs')];
  const { tree_size: size, root_sha256: root, proofs } = parsed.data;
  if (size !== head.size || root !== head.root_sha256) {
    return [problem('TAMPERED', inclusionProofsPath, 'is about another tree than the signed head')];
  }
  const paths = new Map(proofs.map(({ seq, path }) => [seq, path]));
  const isProved = (entry: AuditEntry): boolean => {
    const path = paths.get(entry.seq);
    return path !== undefined && verifyInclusion(leafOf(entry), entry.seq - 1, size, path, root);
  };
  return entries
    .filter((entry) => !isProved(entry))
    .map(({ seq }) =>
      problem('TAMPERED', inclusionProofsPath, `entry ${seq} is not proved to be in the log`),
    );
}

/** The names that the repository of the evidence had, as its audit log tells. */
export function namesInEvidence({ files, manifest }: Opened): ReadonlySet<string> {
  const bytes = files.get(highlightsPath);
  const entries = (bytes === undefined ? null : parseLines(bytes)) ?? [];
  return new Set([...namesOf(entries), manifest.subject.repository]);
}

function parseLines(bytes: Uint8Array): readonly AuditEntry[] | null {
  try {
    const lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n').filter(Boolean);
    return lines.map((line) => auditEntrySchema.parse(JSON.parse(line)));
  } catch {
    return null;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function failed(found: Problem): CheckedAudit {
  return { problems: [found], head: null };
}
