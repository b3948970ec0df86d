import { type AuditEntry, type AuditHead, genesisHash, hashAuditEntry } from './entry.ts';
import { followsName } from './names.ts';

export type ChainFault = 'EDITED' | 'REMOVED' | 'REORDERED' | 'TRUNCATED';

export type ChainVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** 0-based place in the given list; its length when the fault is what should follow the last entry. */
      readonly position: number;
      readonly code: ChainFault;
      readonly message: string;
    };

/**
 * Checks a whole chain from its first entry: every hash, every link, every number. With `expectedHead` (from
 * signed evidence) also that the chain still reaches it; entries written later may follow. Without it, a
 * shortened or wholly rewritten chain cannot be noticed.
 */
export function verifyAuditChain(entries: readonly AuditEntry[], expectedHead?: AuditHead): ChainVerdict {
  return (
    firstFault(entries, (entry, position) => entryFault(entries, entry, position)) ??
    headFault(entries, expectedHead) ?? { ok: true }
  );
}

/**
 * Checks a selection of a chain's entries, oldest first: each entry's hash, the order, the links between
 * neighbours, and that the last one is `head`. What lies between is not there to be checked.
 */
export function verifyAuditHighlights(entries: readonly AuditEntry[], head: AuditHead | null): ChainVerdict {
  return (
    firstFault(entries, (entry, position) => selectionFault(entries, entry, position)) ??
    lastIs(entries, head)
  );
}

type Fault = Exclude<ChainVerdict, { ok: true }>;

function firstFault(
  entries: readonly AuditEntry[],
  check: (entry: AuditEntry, position: number) => Fault | null,
): Fault | null {
  for (const [position, entry] of entries.entries()) {
    const found = editedFault(entries, entry, position) ?? check(entry, position);
    if (found !== null) return found;
  }
  return null;
}

function editedFault(entries: readonly AuditEntry[], entry: AuditEntry, position: number): Fault | null {
  if (computedHash(entry) !== entry.hash) {
    return fault(position, 'EDITED', `entry ${entry.seq} does not have the hash that its content gives`);
  }
  if (!followsName(entries[position - 1]?.repository ?? entry.repository, entry)) {
    return fault(position, 'EDITED', `entry ${entry.seq} belongs to ${entry.repository}`);
  }
  return null;
}

/** Entries may come from a file that anybody wrote: what cannot be hashed was not written by us. */
function computedHash(entry: AuditEntry): string | null {
  try {
    return hashAuditEntry(entry);
  } catch {
    return null;
  }
}

function entryFault(entries: readonly AuditEntry[], entry: AuditEntry, position: number): Fault | null {
  const expected = position + 1;
  if (entry.seq !== expected) {
    const elsewhere = entries.some((other) => other.seq === expected);
    if (elsewhere || entry.seq < expected) {
      return fault(position, 'REORDERED', `expected entry ${expected}, found entry ${entry.seq}`);
    }
    return fault(position, 'REMOVED', `entry ${expected} is missing before entry ${entry.seq}`);
  }
  return linkFault(entries[position - 1]?.hash ?? genesisHash, entry, position);
}

function selectionFault(entries: readonly AuditEntry[], entry: AuditEntry, position: number): Fault | null {
  const before = entries[position - 1];
  if (before === undefined) return entry.seq === 1 ? linkFault(genesisHash, entry, position) : null;
  if (entry.seq <= before.seq) {
    return fault(position, 'REORDERED', `entry ${entry.seq} stands behind entry ${before.seq}`);
  }
  return entry.seq === before.seq + 1 ? linkFault(before.hash, entry, position) : null;
}

function linkFault(prevHash: string, entry: AuditEntry, position: number): Fault | null {
  if (entry.prevHash === prevHash) return null;
  return fault(position, 'EDITED', `entry ${entry.seq} does not continue the entry before it`);
}

function headFault(entries: readonly AuditEntry[], head: AuditHead | undefined): Fault | null {
  if (head === undefined) return null;
  const position = head.seq - 1;
  const entry = entries[position];
  if (entry === undefined) {
    return fault(
      entries.length,
      'TRUNCATED',
      `expected at least ${head.seq} entries, found ${entries.length}`,
    );
  }
  if (entry.hash === head.hash) return null;
  return fault(position, 'EDITED', `entry ${head.seq} is not the one that the evidence records`);
}

function lastIs(entries: readonly AuditEntry[], head: AuditHead | null): ChainVerdict {
  const last = entries.at(-1);
  if (head === null) {
    return last === undefined ? { ok: true } : fault(0, 'EDITED', 'entries without a recorded head');
  }
  if (last === undefined || last.seq < head.seq) {
    return fault(entries.length, 'TRUNCATED', `entry ${head.seq}, the recorded head, is missing`);
  }
  if (last.seq === head.seq && last.hash === head.hash) return { ok: true };
  return fault(entries.length - 1, 'EDITED', `the last entry is not the recorded head (entry ${head.seq})`);
}

function fault(position: number, code: ChainFault, message: string): Fault {
  return { ok: false, position, code, message };
}
