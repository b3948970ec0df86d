import type { Node } from 'libpg-query';
import type { NodeKind } from './nodes.ts';

/** One statement of a script. Offsets are bytes of the file. */
export interface Statement {
  readonly index: number;
  readonly kind: NodeKind;
  readonly node: Node;
  readonly start: number;
  readonly end: number;
  /** Who opened the transaction that it runs in; null when it runs by itself. */
  readonly transaction: 'tool' | 'assumed' | 'explicit' | null;
}

/** What the code of DO blocks runs, and of functions that are made and called at once. */
export interface InnerCode {
  /** In the order of the file; they stand inside another statement. */
  readonly statements: readonly Statement[];
  /** Where something stands that nobody can read, and what it is. */
  readonly unread: readonly { readonly at: number; readonly what: string }[];
}
