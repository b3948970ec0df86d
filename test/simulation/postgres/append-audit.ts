import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../../core/audit/entry.ts';
import { genesisHash } from '../../../core/audit/entry.ts';
import type { Table, Value, Writer } from './tables.ts';

/** What the migrations' function `append_audit` does behind its lock. */
export function appendAudit(audit: Table, writer: Writer, parameters: readonly Value[]): void {
  const [repository, kind, key, openings, middles, endings] = parameters as [
    string,
    Value,
    Value,
    readonly string[],
    readonly string[],
    readonly string[],
  ];
  let previous = lastOf(audit, writer, repository);
  for (const [n, opening] of openings.entries()) {
    const seq = (previous?.seq ?? 0) + 1;
    const link = `,"prevHash":"${previous?.hash ?? genesisHash}",${middles[n]},"seq":${seq}${endings[n]}`;
    const hash = createHash('sha256')
      .update(opening + link)
      .digest('hex');
    const entry = JSON.parse(`${opening},"hash":"${hash}"${link}`) as AuditEntry;
    audit.insert({ repository, seq, hash, aggregate_kind: kind, aggregate_key: key, entry }, writer);
    previous = { seq, hash };
  }
}

function lastOf(
  audit: Table,
  writer: Writer,
  repository: string,
): { readonly seq: number; readonly hash: string } | null {
  let last: { readonly seq: number; readonly hash: string } | null = null;
  for (const tuple of audit.lookup('repository', repository)) {
    const row = tuple.visibleTo(writer) as { readonly seq: number; readonly hash: string } | null;
    if (row !== null && row.seq > (last?.seq ?? 0)) last = row;
  }
  return last;
}
