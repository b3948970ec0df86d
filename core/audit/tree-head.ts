import { z } from 'zod';
import { repositorySchema, sha256Schema } from '../gate/result.ts';
import { canonicalJson } from './canonical-json.ts';
import { type AuditEntry, auditHeadSchema } from './entry.ts';
import { inclusionProofs, leafHash, merkleRoot } from './merkle.ts';

export const treeHeadType = 'application/vnd.release-conductor.audit-tree-head.v1+json';

/**
 * What the Conductor signs at intervals: at this moment the chain of this repository had so many entries, and
 * this is the root over them. Whoever holds one notices when an entry below it is changed or missing later.
 */
export const treeHeadSchema = z.strictObject({
  schema_version: z.literal(1),
  repository: repositorySchema,
  size: z.int().min(1).describe('Number of entries'),
  root_sha256: sha256Schema.describe('RFC 6962 root; a leaf is the 32 bytes of an entry hash'),
  head: auditHeadSchema.describe('The last entry'),
  signed_at: z.iso.datetime(),
});
export type TreeHead = z.infer<typeof treeHeadSchema>;

/** The bytes that are signed. */
export function renderTreeHead(head: TreeHead): Uint8Array {
  return new TextEncoder().encode(canonicalJson(head));
}

/** Null when it is anything else. */
export function parseTreeHead(payload: Uint8Array): TreeHead | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    return treeHeadSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The leaf of an entry in the tree. */
export function leafOf({ hash }: Pick<AuditEntry, 'hash'>): string {
  return leafHash(Buffer.from(hash, 'hex'));
}

/** `audit/inclusion_proofs.json`: that entries of the bundle are part of the signed tree. */
export const inclusionProofsSchema = z.strictObject({
  schema_version: z.literal(1),
  tree_size: z.int().min(1),
  root_sha256: sha256Schema,
  proofs: z.array(z.strictObject({ seq: z.int().min(1), path: z.array(sha256Schema).max(64) })),
});
export type InclusionProofs = z.infer<typeof inclusionProofsSchema>;

/** The proofs for these entries (by number) in the tree of these leaves. */
export function makeInclusionProofs(leaves: readonly string[], seqs: readonly number[]): InclusionProofs {
  const paths = inclusionProofs(
    leaves,
    seqs.map((seq) => seq - 1),
  );
  return {
    schema_version: 1,
    tree_size: leaves.length,
    root_sha256: merkleRoot(leaves),
    proofs: seqs.map((seq, index) => ({ seq, path: [...(paths[index] ?? [])] })),
  };
}
