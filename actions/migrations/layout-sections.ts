import { withMarks } from './placeholders.ts';
import type { Layout, Section, TransactionMode } from './section.ts';
import { latin1 } from './sql/latin1.ts';

/** Whether the tool puts values into `${placeholders}` of this file. */
export function hasPlaceholders(layout: Layout, bytes: Uint8Array): boolean {
  return layout === 'flyway' || (layout === 'goose' && /\+goose[ \t]+envsub[ \t]+on\b/i.test(latin1(bytes)));
}

/** goose runs a file in a transaction unless `-- +goose NO TRANSACTION` stands anywhere in it. */
export function gooseSections(bytes: Uint8Array): Section[] {
  const whole = latin1(bytes);
  const transaction = /^[ \t]*--[ \t]*\+goose[ \t]+no[ \t]+transaction\b/im.test(whole) ? 'none' : 'tool';
  const marked = markedSections(
    bytes,
    /^[ \t]*--[ \t]*\+goose[ \t]+(up|down)\b[^\n]*$/gim,
    () => transaction,
  );
  if (!hasPlaceholders('goose', bytes)) return marked;
  return marked.map((section) => ({
    ...section,
    text: Buffer.from(withMarks(latin1(section.text)), 'latin1'),
  }));
}

/** node-pg-migrate's SQL files: both ways in one file, each in a transaction. */
export function nodePgMigrateSections(bytes: Uint8Array): Section[] {
  return markedSections(bytes, /^[ \t]*--[ \t]*(up|down)[ \t]+migration\b[^\n]*$/gim, () => 'tool');
}

/** A dump of `pg_dump` for Rails: lines that only psql knows (`\\restrict`, `\\connect`) are no SQL. */
export function withoutPsqlCommands(bytes: Uint8Array): Uint8Array {
  const text = latin1(bytes).replace(/^\\[a-z][^\n]*$/gm, (line) => ' '.repeat(line.length));
  return Buffer.from(text, 'latin1');
}

/** dbmate runs each section in a transaction unless its marker says `transaction:false`. */
export function dbmateSections(bytes: Uint8Array): Section[] {
  return markedSections(bytes, /^[ \t]*--[ \t]*migrate:(up|down)\b[^\n]*$/gim, (marker) =>
    /\btransaction:false\b/i.test(marker) ? 'none' : 'tool',
  );
}

/** Flyway runs such files before or after others; they have no version. */
export const flywayCallback =
  /^(before|after)(Clean|Baseline|Connect|Info|Migrate|EachMigrate|EachMigrateStatement|Repair|Undo|EachUndo|Validate|VersionedMigrate|Repeatables|CreateSchema)\w*(__.+)?\.sql$/;

/** Statements that Postgres runs only outside a transaction, as Flyway knows them. */
const outside =
  /\b(concurrently|vacuum|alter\s+system|create\s+database|drop\s+database|create\s+tablespace)\b/i;

/**
 * Flyway runs a file in a transaction, except that one whose statements cannot be run in one goes without, or as
 * the config beside it says (`executeInTransaction`). Its `${placeholders}` are not SQL and become names.
 */
export function flywaySections(
  direction: Section['direction'],
  bytes: Uint8Array,
  config: string | null,
): Section[] {
  const text = withMarks(latin1(bytes));
  const asked = /^\s*executeInTransaction\s*=\s*(true|false)\b/im.exec(config ?? '')?.[1];
  const alone = asked === undefined ? outside.test(text) : asked.toLowerCase() === 'false';
  const transaction = alone ? 'none' : 'tool';
  return [{ direction, transaction, text: Buffer.from(text, 'latin1'), configured: asked !== undefined }];
}

/**
 * Liquibase's formatted SQL: each changeset runs in a transaction of its own, so several of them count as none
 * around all; the `--rollback` lines of a single changeset are its way down.
 */
export function liquibaseSections(bytes: Uint8Array): Section[] {
  const text = latin1(bytes);
  const sets = [...text.matchAll(/^[ \t]*--[ \t]*changeset\b[^\n]*$/gim)].map(([line]) => line);
  const alone = sets.length > 1 || sets.some((line) => /\brunInTransaction:\s*["']?false\b/i.test(line));
  const transaction = alone ? 'none' : 'tool';
  const up: Section = { direction: 'up', transaction, text: bytes };
  const rollback = /^([ \t]*--[ \t]*rollback)([^\n]*)$/gim;
  if (sets.length !== 1 || !rollback.test(text)) return [up];
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  let at = 0;
  let down = '';
  for (const match of text.matchAll(rollback)) {
    down += blank(text.slice(at, match.index) + (match[1] ?? '')) + (match[2] ?? '');
    at = match.index + match[0].length;
  }
  return [up, { direction: 'down', transaction, text: Buffer.from(down + blank(text.slice(at)), 'latin1') }];
}

function markedSections(
  bytes: Uint8Array,
  marker: RegExp,
  transactionOf: (marker: string) => TransactionMode,
): Section[] {
  const text = latin1(bytes);
  const marks = [...text.matchAll(marker)];
  return marks.map((mark, index) => ({
    direction: mark[1]?.toLowerCase() === 'down' ? 'down' : 'up',
    transaction: transactionOf(mark[0]),
    text: onlyRange(bytes, mark.index + mark[0].length, marks[index + 1]?.index ?? bytes.length),
  }));
}

/** A copy in which every byte outside the range is a blank: positions in it are positions in the file. */
function onlyRange(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  const blank = (from: number, to: number): void => {
    for (let at = from; at < to; at++) if (copy[at] !== 10) copy[at] = 32;
  };
  blank(0, start);
  blank(end, copy.length);
  return copy;
}
