import { createHash } from 'node:crypto';
import { orderedJson } from '../ordered-json.ts';

/**
 * Writes to one place on GitHub (a check, a sticky comment, the first post of an issue), one at a time and in
 * order: effects are performed in parallel, so an older text could overwrite a newer one if both were under
 * way. While one write is under way only the newest content waits; identical content is never written again, also when
 * the store gives it back with its keys in another order.
 */
export interface Channel<Content> {
  /** Number of the last write; part of its effect id. */
  readonly n: number;
  /** Digest of the last content that was sent. */
  readonly sent: string | null;
  /** When the write that is under way was sent, ms since the epoch; null: none is. */
  readonly busySince: number | null;
  /** Newest content that has to wait. */
  readonly waiting: Content | null;
}

/** A write whose outcome never came is given up after this, ms: performers retry for less than that. */
const patience = 900_000;

export const closedChannel: Channel<never> = { n: 0, sent: null, busySince: null, waiting: null };

/** What to do with new content: `write` is its number, or null when there is nothing to write now. */
export function offer<Content>(
  channel: Channel<Content>,
  content: Content,
  now: number,
): { readonly channel: Channel<Content>; readonly write: number | null } {
  const digest = digestOf(content);
  const busy = channel.busySince !== null && now - channel.busySince < patience;
  if (digest === channel.sent) return { channel: { ...channel, waiting: null }, write: null };
  if (busy) return { channel: { ...channel, waiting: content }, write: null };
  const n = channel.n + 1;
  return { channel: { n, sent: digest, busySince: now, waiting: null }, write: n };
}

/** Write `n` has ended. `next` has to be offered again. Outcomes of other writes change nothing. */
export function release<Content>(
  channel: Channel<Content>,
  n: number,
): { readonly channel: Channel<Content>; readonly next: Content | null } {
  if (n !== channel.n || channel.busySince === null) return { channel, next: null };
  return { channel: { ...channel, busySince: null, waiting: null }, next: channel.waiting };
}

function digestOf(content: unknown): string {
  return createHash('sha256').update(orderedJson(content)).digest('hex').slice(0, 32);
}
