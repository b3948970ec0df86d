/** One thing of the database that the version that runs now relies on. */
export interface ContractUse {
  readonly table: string;
  /** `*` for all of them (`SELECT *`, or an INSERT without a list of columns). */
  readonly column: string;
  readonly access: 'read' | 'write';
  /** Where that is said: `src/orders.ts:12`, or the contract file. */
  readonly by: string;
  /** From a file that says it is complete, rather than found in code. */
  readonly declared: boolean;
}

/** A statement under test that takes away, renames or tightens something. */
export interface Breakage {
  readonly kind: 'drop' | 'rename' | 'retype' | 'not-null' | 'constraint';
  readonly table: string;
  /** Null for the table itself. */
  readonly column: string | null;
  readonly path: string;
  /** Byte offset in the file. */
  readonly at: number;
}
