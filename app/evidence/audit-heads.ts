import {
  type Database,
  lastAuditEntry,
  readAuditHashes,
  readAuditHeads,
  repositoriesToSign,
  type StoredHead,
  storeAuditHead,
} from '../../adapters/postgres/index.ts';
import { type AuditEntry, headOf } from '../../core/audit/entry.ts';
import { MerkleFrontier } from '../../core/audit/merkle.ts';
import {
  type InclusionProofs,
  leafOf,
  makeInclusionProofs,
  renderTreeHead,
  treeHeadType,
} from '../../core/audit/tree-head.ts';
import type { Signer } from '../../core/ports/signer.ts';

export interface HeadPorts {
  readonly database: Database;
  readonly signer: Signer;
  readonly now: () => number;
}

/** Signs the head of every chain that grew since the last time. Answers with how many were signed. */
export async function signAuditHeads(ports: HeadPorts): Promise<number> {
  const repositories = await repositoriesToSign(ports.database);
  for (const repository of repositories) await signAuditHead(repository, ports);
  return repositories.length;
}

/**
 * The signed tree head that covers the newest entry: the one kept for it, else a new one, which goes on from the
 * last. Null: the chain is empty.
 */
export async function signAuditHead(repository: string, ports: HeadPorts): Promise<StoredHead | null> {
  const { database, signer } = ports;
  const last = await lastAuditEntry(database, repository);
  if (last === null) return null;
  const [known] = await readAuditHeads(database, repository, 1);
  if (known !== undefined && known.size >= last.seq) return known;
  const frontier = new MerkleFrontier({ size: known?.size ?? 0, roots: known?.frontier ?? [] });
  for (const hash of await readAuditHashes(database, repository, frontier.size, last.seq)) {
    frontier.append(leafOf({ hash }));
  }
  const signedAt = ports.now();
  const payload = renderTreeHead({
    schema_version: 1,
    repository,
    size: last.seq,
    root_sha256: frontier.root(),
    head: headOf(last),
    signed_at: new Date(signedAt).toISOString(),
  });
  const bundle = Buffer.from(await signer.attest(payload, treeHeadType)).toString('utf8');
  const head = { size: last.seq, root: frontier.root(), frontier: frontier.toJSON().roots, bundle, signedAt };
  await storeAuditHead(database, repository, head);
  return head;
}

/** Proofs that these entries stand in the tree of a signed head. */
export async function proveEntries(
  database: Database,
  repository: string,
  size: number,
  entries: readonly AuditEntry[],
): Promise<InclusionProofs> {
  const hashes = await readAuditHashes(database, repository, 0, size);
  return makeInclusionProofs(
    hashes.map((hash) => leafOf({ hash })),
    entries.map(({ seq }) => seq),
  );
}
