/** The tools whose migration files are understood, and files that belong to none. */
export const layouts = [
  'goose',
  'dbmate',
  'flyway',
  'liquibase',
  'atlas',
  'drizzle',
  'golang-migrate',
  'prisma',
  'node-pg-migrate',
  'rails-structure',
  'knex',
  'plain',
] as const;
export type Layout = (typeof layouts)[number];

/**
 * What a tool does around a section: `tool` runs it inside one transaction, `assumed` means the config says so,
 * `none` sends each statement by itself.
 */
export type TransactionMode = 'tool' | 'assumed' | 'none';

/** One direction of a migration file. `text` has the file's length in bytes; all that is not this section is blank. */
export interface Section {
  readonly direction: 'up' | 'down';
  readonly transaction: TransactionMode;
  readonly text: Uint8Array;
  /** The author has said how it runs; otherwise the tool finds out. */
  readonly configured?: boolean;
}
