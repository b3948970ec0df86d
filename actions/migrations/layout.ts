import { scriptSections } from './script-layout.ts';

/** The tools whose migration files are understood, and files that belong to none. */
export const layouts = [
  'goose',
  'dbmate',
  'flyway',
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
}

export interface FileLayout {
  readonly layout: Layout;
  readonly sections: readonly Section[];
}

/**
 * Which tool a file is for, by its own markers and name, and its sections. A file without markers is plain SQL:
 * all of it is "up", and `assumeInTransaction` says how it is run.
 */
export function readLayout(
  path: string,
  content: Uint8Array,
  options: { readonly layout: Layout | 'auto'; readonly assumeInTransaction: boolean },
): FileLayout {
  const bytes = withoutByteOrderMark(content);
  const layout = options.layout === 'auto' ? detectLayout(path, bytes) : options.layout;
  switch (layout) {
    case 'goose':
      return { layout, sections: gooseSections(bytes) };
    case 'dbmate':
      return { layout, sections: dbmateSections(bytes) };
    case 'flyway':
      return { layout, sections: flywaySections(path, bytes) };
    case 'node-pg-migrate':
      return { layout, sections: nodePgMigrateSections(bytes) };
    case 'rails-structure':
      return {
        layout,
        sections: [{ direction: 'up', transaction: 'none', text: withoutPsqlCommands(bytes) }],
      };
    case 'knex':
      return { layout, sections: scriptSections(bytes) };
    case 'prisma':
    case 'golang-migrate':
      return { layout, sections: [{ direction: directionOf(path), transaction: 'none', text: bytes }] };
    case 'plain':
      return {
        layout,
        sections: [
          {
            direction: directionOf(path),
            transaction: options.assumeInTransaction ? 'assumed' : 'none',
            text: bytes,
          },
        ],
      };
  }
}

/** The file that a file undoes: `3_x.down.sql` → `3_x.up.sql`, `U3__x.sql` → `V3__x.sql`; null for an up file. */
export function upFileOf(path: string): string | null {
  // Prisma's own convention for a way back lies beside the migration.
  const prisma = /^(.*\/)down\.sql$/.exec(path);
  if (prisma) return `${prisma[1]}migration.sql`;
  const down = /^(.*)([._-])down(\.sql)$/i.exec(path);
  if (down) return `${down[1]}${down[2]}up${down[3]}`;
  const undo = /^((?:.*\/)?)U(\d[^/]*\.sql)$/.exec(path);
  return undo ? `${undo[1]}V${undo[2]}` : null;
}

/** Postgres does not know the mark; blanks in its place keep the positions. */
function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return bytes;
  const copy = new Uint8Array(bytes);
  copy.fill(32, 0, 3);
  return copy;
}

function detectLayout(path: string, bytes: Uint8Array): Layout {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (/^--[ \t]*\+goose[ \t]+(up|down)\b/im.test(text)) return 'goose';
  if (/^--[ \t]*migrate:(up|down)\b/im.test(text)) return 'dbmate';
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.(?:[cm]?[jt]s)$/.test(name)) return 'knex';
  if (/^--[ \t]*(up|down)[ \t]+migration\b/im.test(text)) return 'node-pg-migrate';
  if (/(?:^|\/)\d{8,}[^/]*\/(?:migration|down)\.sql$/.test(path)) return 'prisma';
  if (/^structure\.sql$/.test(name) || /INSERT INTO "?schema_migrations"? \(version\)/.test(text))
    return 'rails-structure';
  if (/^([VU]\d[\d._]*|R)__.+\.sql$/.test(name)) return 'flyway';
  if (/\.(up|down)\.sql$/i.test(name)) return 'golang-migrate';
  return 'plain';
}

function directionOf(path: string): 'up' | 'down' {
  return upFileOf(path) === null ? 'up' : 'down';
}

/** goose runs a file in a transaction unless `-- +goose NO TRANSACTION` stands anywhere in it. */
function gooseSections(bytes: Uint8Array): Section[] {
  const whole = latin1(bytes);
  const transaction = /^--[ \t]*\+goose[ \t]+no[ \t]+transaction\b/im.test(whole) ? 'none' : 'tool';
  return markedSections(bytes, /^--[ \t]*\+goose[ \t]+(up|down)\b[^\n]*$/gim, () => transaction);
}

/** node-pg-migrate's SQL files: both ways in one file, each in a transaction. */
function nodePgMigrateSections(bytes: Uint8Array): Section[] {
  return markedSections(bytes, /^--[ \t]*(up|down)[ \t]+migration\b[^\n]*$/gim, () => 'tool');
}

/** A dump of `pg_dump` for Rails: lines that only psql knows (`\\restrict`, `\\connect`) are no SQL. */
function withoutPsqlCommands(bytes: Uint8Array): Uint8Array {
  const text = latin1(bytes).replace(/^\\[a-z][^\n]*$/gm, (line) => ' '.repeat(line.length));
  return Buffer.from(text, 'latin1');
}

/** dbmate runs each section in a transaction unless its marker says `transaction:false`. */
function dbmateSections(bytes: Uint8Array): Section[] {
  return markedSections(bytes, /^--[ \t]*migrate:(up|down)\b[^\n]*$/gim, (marker) =>
    /\btransaction:false\b/i.test(marker) ? 'none' : 'tool',
  );
}

/**
 * Flyway runs a file in a transaction, except that one whose statements cannot be run in one goes without; its
 * `${placeholders}` are not SQL and become names of the same length.
 */
function flywaySections(path: string, bytes: Uint8Array): Section[] {
  const text = latin1(bytes).replace(
    /\$\{([\w.:-]+)\}/g,
    (_, name: string) => `p_${name.replace(/\W/g, '_')}_`,
  );
  const outside =
    /\b(concurrently|vacuum|alter\s+system|create\s+database|drop\s+database|create\s+tablespace)\b/i;
  return [
    {
      direction: directionOf(path),
      transaction: outside.test(text) ? 'none' : 'tool',
      text: Buffer.from(text, 'latin1'),
    },
  ];
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

/** One character a byte, so that positions in the text are byte offsets. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
