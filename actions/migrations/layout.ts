import {
  dbmateSections,
  flywayCallback,
  flywaySections,
  gooseSections,
  liquibaseSections,
  nodePgMigrateSections,
  withoutPsqlCommands,
} from './layout-sections.ts';
import { scriptSections } from './script-layout.ts';
import type { Layout, Section, TransactionMode } from './section.ts';
import { latin1 } from './sql/latin1.ts';

export interface FileLayout {
  readonly layout: Layout;
  readonly sections: readonly Section[];
}

/** What is known of a file beside its own text. */
export interface LayoutHints {
  readonly layout: Layout | 'auto';
  readonly assumeInTransaction: boolean;
  /** An `atlas.sum` lies in its folder. */
  readonly atlas?: boolean;
  /** The text of Flyway's script config beside it (`V1__x.sql.conf`). */
  readonly flywayConfig?: string | null;
}

/**
 * Which tool a file is for, by its own markers and name, and its sections. A file without markers is plain SQL:
 * all of it is "up", and `assumeInTransaction` says how it is run.
 */
export function readLayout(path: string, content: Uint8Array, hints: LayoutHints): FileLayout {
  const bytes = withoutByteOrderMark(content);
  const layout = hints.layout === 'auto' ? detectLayout(path, bytes, hints) : hints.layout;
  return { layout, sections: sectionsOf(layout, path, bytes, hints) };
}

function sectionsOf(layout: Layout, path: string, bytes: Uint8Array, hints: LayoutHints): readonly Section[] {
  const whole = (transaction: TransactionMode, text = bytes): readonly Section[] => [
    { direction: directionOf(path), transaction, text },
  ];
  switch (layout) {
    case 'goose':
      return gooseSections(bytes);
    case 'dbmate':
      return dbmateSections(bytes);
    case 'flyway':
      return flywaySections(directionOf(path), bytes, hints.flywayConfig ?? null);
    case 'liquibase':
      return liquibaseSections(bytes);
    case 'node-pg-migrate':
      return nodePgMigrateSections(bytes);
    case 'knex':
      return scriptSections(bytes);
    case 'atlas':
      return whole(/^--[ \t]*atlas:txmode[ \t]+none\b/im.test(latin1(bytes)) ? 'none' : 'tool');
    case 'drizzle':
      return whole('tool');
    case 'rails-structure':
      return [{ direction: 'up', transaction: 'none', text: withoutPsqlCommands(bytes) }];
    case 'prisma':
    case 'golang-migrate':
      return whole('none');
    case 'plain':
      return whole(hints.assumeInTransaction ? 'assumed' : 'none');
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

function detectLayout(path: string, bytes: Uint8Array, { atlas = false }: LayoutHints): Layout {
  const text = latin1(bytes);
  if (/^[ \t]*--[ \t]*\+goose[ \t]+(up|down)\b/im.test(text)) return 'goose';
  if (/^[ \t]*--[ \t]*migrate:(up|down)\b/im.test(text)) return 'dbmate';
  if (/^[ \t]*--[ \t]*liquibase[ \t]+formatted[ \t]+sql\b/im.test(text)) return 'liquibase';
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.(?:[cm]?[jt]s)$/.test(name)) return 'knex';
  if (/^[ \t]*--[ \t]*(up|down)[ \t]+migration\b/im.test(text)) return 'node-pg-migrate';
  if (/(?:^|\/)\d{8,}[^/]*\/(?:migration|down)\.sql$/.test(path)) return 'prisma';
  if (/^structure\.sql$/.test(name) || /INSERT INTO "?schema_migrations"? \(version\)/.test(text))
    return 'rails-structure';
  if (/^([VUB]\d[\d._]*|R)__.+\.sql$/.test(name) || flywayCallback.test(name)) return 'flyway';
  if (/\.(up|down)\.sql$/i.test(name)) return 'golang-migrate';
  if (atlas || /^--[ \t]*atlas:\w/m.test(text)) return 'atlas';
  if (/^--> statement-breakpoint/m.test(text) || /(?:^|\/)drizzle\//.test(path)) return 'drizzle';
  return 'plain';
}

function directionOf(path: string): 'up' | 'down' {
  return upFileOf(path) === null ? 'up' : 'down';
}
