import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditNote } from '../flow/effect.ts';
import { repositorySchema, sha256Schema } from '../gate/result.ts';
import { canonicalJson } from './canonical-json.ts';

/** A W3C trace id (w3.org/TR/trace-context): 16 bytes in hex. */
const traceIdSchema = z.string().regex(/^[0-9a-f]{32}$/);

/** One link of a repository's audit chain. `hash` covers every other member, `prevHash` the entry before. */
export const auditEntrySchema = z.strictObject({
  repository: repositorySchema,
  seq: z.int().min(1),
  at: z.iso.datetime(),
  prevHash: sha256Schema,
  hash: sha256Schema,
  action: z.string(),
  actor: z.string(),
  reason: z.string(),
  reasonCode: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  traceId: traceIdSchema.optional().describe('W3C trace that the entry was written in'),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Where a chain ends: what the signed evidence records, so that a later reader notices a shortened log. */
export const auditHeadSchema = z.strictObject({ seq: z.int().min(1), hash: sha256Schema });
export type AuditHead = z.infer<typeof auditHeadSchema>;

/** `prevHash` of the first entry. */
export const genesisHash = '0'.repeat(64);

/** An entry that has no place in the chain yet. */
export type UnsealedEntry = Omit<AuditEntry, 'seq' | 'prevHash' | 'hash'>;

/**
 * The entry that a note becomes. `at` in ms since the epoch. The note is first reduced to what a JSON column gives
 * back unchanged, so that the hash still fits after a round trip.
 *
 * @param traceId the trace in which it was decided, when there is one.
 * @throws InternalError `NOT_JSON` when `note.data` holds something that JSON cannot carry.
 */
export function unsealedEntry(
  note: AuditNote,
  at: number,
  repository: string,
  traceId?: string,
): UnsealedEntry {
  return {
    repository,
    at: new Date(at).toISOString(),
    action: storable(note.action),
    actor: storable(note.actor),
    reason: storable(note.reason),
    reasonCode: note.reasonCode,
    data: storableData(note.data),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/** The canonical JSON of an entry that has no place yet: what stands around its hash, predecessor and number. */
export interface UnsealedText {
  readonly opening: string;
  readonly middle: string;
  readonly ending: string;
}

/**
 * Cuts an entry's canonical JSON where sealing will write. With `opening,"prevHash":"…",middle,"seq":n ending` it is
 * the text that is hashed.
 */
export function renderUnsealed({
  action,
  actor,
  at,
  data,
  reason,
  reasonCode,
  repository,
  traceId,
}: UnsealedEntry): UnsealedText {
  return {
    opening: canonicalJson({ action, actor, at, data }).slice(0, -1),
    middle: canonicalJson({ reason, reasonCode, repository }).slice(1, -1),
    ending: traceId === undefined ? '}' : `,${canonicalJson({ traceId }).slice(1)}`,
  };
}

/** Gives an entry its place behind `previous` (null: the first of the repository). */
export function sealAuditEntry(
  previous: Pick<AuditEntry, 'seq' | 'hash'> | null,
  entry: UnsealedEntry,
): AuditEntry {
  const { repository, at, action, actor, reason, reasonCode, data, traceId } = entry;
  const seq = (previous?.seq ?? 0) + 1;
  const prevHash = previous?.hash ?? genesisHash;
  const trace = traceId === undefined ? {} : { traceId };
  const unhashed = { repository, seq, at, prevHash, action, actor, reason, reasonCode, data, ...trace };
  return { ...unhashed, hash: hashAuditEntry(unhashed) };
}

/** A note as the entry that follows `previous`, as `unsealedEntry` and `sealAuditEntry`. */
export function nextAuditEntry(
  previous: AuditEntry | null,
  note: AuditNote,
  at: number,
  repository: string,
): AuditEntry {
  return sealAuditEntry(previous, unsealedEntry(note, at, repository));
}

/** SHA-256 over the RFC 8785 text of everything but `hash`. */
export function hashAuditEntry(entry: Omit<AuditEntry, 'hash'> & { readonly hash?: string }): string {
  const { hash: _, ...covered } = entry;
  return createHash('sha256').update(canonicalJson(covered), 'utf8').digest('hex');
}

export function headOf(entry: AuditEntry): AuditHead {
  return { seq: entry.seq, hash: entry.hash };
}

/** Postgres refuses NUL in text and lone surrogates in JSON; a hostile comment must not stop the log. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

function storableData(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(canonicalJson(mapStrings(data))) as Record<string, unknown>;
}

function mapStrings(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(mapStrings);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [storable(key), mapStrings(member)]),
  );
}

function isPlainObject(value: unknown): value is object {
  if (value === null || typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
