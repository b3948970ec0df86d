import type { AtlasSumProblem } from './atlas-sum.ts';
import type { ChangeProof } from './changes/prove.ts';
import type { FileProblem, SchemaChange } from './changes/read.ts';
import type { ReadContracts } from './contracts/read.ts';
import type { CypherMigration } from './cypher/read.ts';
import type { Difference } from './dry-run/catalogue.ts';
import type { TenantTable } from './dry-run/tenants.ts';
import type { Layout } from './section.ts';
import type { Lock } from './sql/locks.ts';
import type { Script } from './sql/parse.ts';

/** One migration file with its parsed sections. */
export interface Migration {
  readonly path: string;
  readonly layout: Layout;
  readonly bytes: Uint8Array;
  readonly scripts: readonly Script[];
  /** Under test: new or changed against the base, or everything when there is no base. */
  readonly judged: boolean;
  /** It exists in the base with other content: a migration that may have been applied was edited. */
  readonly edited: boolean;
}

export interface DryRunProblem {
  readonly path: string;
  /** Byte offset of the statement. */
  readonly at: number;
  readonly direction: 'up' | 'down' | 'up again';
  readonly message: string;
  /** SQLSTATE. */
  readonly code: string | null;
}

/** What a real server did for one statement, seen from inside its transaction. */
export interface ObservedStatement {
  readonly path: string;
  readonly direction: 'up' | 'down' | 'up again';
  readonly index: number;
  /** Byte offset of the statement in its file. */
  readonly at: number;
  /** Locks on tables that were there before, taken by this statement; null when it ran outside a transaction. */
  readonly locks: readonly Lock[] | null;
  /** Tables that an earlier statement of the same transaction keeps under ACCESS EXCLUSIVE. */
  readonly heldExclusive: readonly string[];
  /** Tables whose every row was written to a new file. */
  readonly rewritten: readonly string[];
  /** Tables that were read from end to end. */
  readonly scanned: readonly string[];
  readonly durationMs: number;
}

/** One migration under test, undone: what the catalogue then had that was not there before, or had no longer. */
export interface Reversal {
  readonly path: string;
  readonly downPath: string;
  readonly differences: readonly Difference[];
}

export type DryRun =
  /** `stopped`: its time was up before it had ended. */
  | { readonly state: 'off' | 'unavailable' | 'stopped'; readonly reason: string }
  | {
      readonly state: 'done';
      readonly serverVersion: string;
      /** On a copy of a restored database, rather than on an empty one. */
      readonly restoredCopy: boolean;
      readonly statements: readonly ObservedStatement[];
      readonly problems: readonly DryRunProblem[];
      readonly invalidIndexes: readonly string[];
      /** Of the change: `table.constraint`. */
      readonly unindexedForeignKeys: readonly string[];
      readonly reversals: readonly Reversal[];
      /** Up, down and up again against up alone; null when nothing was undone. */
      readonly redo: readonly Difference[] | null;
      /** Null when no tenant column is configured, or the migrations could not be applied. */
      readonly tenants: readonly TenantTable[] | null;
      readonly proofs: readonly ChangeProof[];
    };

export interface MigrationsFacts {
  readonly hasBase: boolean;
  readonly migrations: readonly Migration[];
  /** New or changed migrations in languages that are not read. */
  readonly foreign: readonly string[];
  /** Files of the base that the change removes. */
  readonly removed: readonly string[];
  /** New files whose version lies before one that the base has. */
  readonly outOfOrder: readonly string[];
  readonly dryRun: DryRun;
  /** What the version that runs now reads and writes, by its declared contracts and the SQL in its code. */
  readonly contracts: ReadContracts;
  /** Cypher files under test. */
  readonly cypher: readonly CypherMigration[];
  /** Planned changes that span several releases, and as the base has them. */
  readonly changes: readonly SchemaChange[];
  readonly baseChanges: readonly SchemaChange[];
  readonly changeProblems: readonly FileProblem[];
  /** Sums of Atlas that are not of the files beside them. */
  readonly atlasSums: readonly AtlasSumProblem[];
}
