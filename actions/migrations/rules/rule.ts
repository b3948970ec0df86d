import type { Script } from '../sql/parse.ts';

/** What a rule says about one place. */
export interface Hit {
  /** Byte offset in the file. */
  readonly at: number;
  readonly message: string;
  /** The safe way to write it. */
  readonly help: string;
}

export interface RuleContext {
  /** Major version of the server that will run the migration. */
  readonly postgres: number;
  /** Tables made by the change under test: exempt from rules about locks on tables in use. */
  readonly created: ReadonlySet<string>;
  /** Of these, the tables made by earlier files of the change. */
  readonly createdBefore: ReadonlySet<string>;
  /** Scripts that run before this one, oldest first: what they prove still holds. */
  readonly earlier: readonly Script[];
  /** Patterns for new names; null when the config has none. */
  readonly naming: Readonly<Partial<Record<string, string | undefined>>> | null;
}

/** One thing that goes wrong when SQL meets a database in use. Pure; one file each; named as squawk names it. */
export interface Rule {
  readonly name: string;
  /** An error blocks the change; a warning is shown. */
  readonly level: 'error' | 'warning';
  /** Runs only when the config asks for it. */
  readonly optIn?: true;
  /** What happens in production, in one sentence: the table in the README. */
  readonly danger: string;
  check(script: Script, context: RuleContext): Iterable<Hit>;
}

/** The lock that blocks everything, in the words every message uses. */
export const accessExclusive = 'an ACCESS EXCLUSIVE lock, which blocks every read and write of the table';
