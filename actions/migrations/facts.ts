import type { Layout } from './layout.ts';
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

export interface ObservedStatement {
  readonly path: string;
  readonly direction: 'up' | 'down' | 'up again';
  readonly index: number;
  /** Locks on tables that were there before the statement, as `pg_locks` showed them at its end; null when it ran outside a transaction. */
  readonly locks: readonly Lock[] | null;
}

export type DryRun =
  | { readonly state: 'off' | 'unavailable'; readonly reason: string }
  | {
      readonly state: 'done';
      readonly serverVersion: string;
      readonly statements: readonly ObservedStatement[];
      readonly problems: readonly DryRunProblem[];
    };

export interface MigrationsFacts {
  readonly hasBase: boolean;
  readonly migrations: readonly Migration[];
  /** Files of the base that the change removes. */
  readonly removed: readonly string[];
  readonly dryRun: DryRun;
}
