import type { Section } from './section.ts';

/**
 * Migrations written in JavaScript or TypeScript (Knex, node-pg-migrate, TypeORM, Sequelize, Kysely): the SQL in
 * their `raw(…)`, `sql(…)` and `query(…)` calls, at its place in the file. What builder methods make cannot be read
 * from text, and the gate says so.
 */
export function scriptSections(bytes: Uint8Array): Section[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const transaction = runsAlone.test(text) ? 'none' : 'tool';
  return rangesIn(text).map(({ direction, from, to }) => ({
    direction,
    transaction,
    text: Buffer.from(onlySql(text, from, to), 'latin1'),
  }));
}

/** A setting of the file, or a tool (Sequelize) that opens no transaction by itself. */
const runsAlone = /transaction\s*[:=]\s*false|noTransaction\s*\(|\bqueryInterface\b/;

interface Range {
  readonly direction: 'up' | 'down';
  readonly from: number;
  readonly to: number;
}

function rangesIn(text: string): readonly Range[] {
  const [up, down] = [startOf(text, 'up'), startOf(text, 'down')];
  const ups: Range = {
    direction: 'up',
    from: up ?? 0,
    to: down !== null && down > (up ?? 0) ? down : text.length,
  };
  if (down === null) return [ups];
  return [ups, { direction: 'down', from: down, to: up !== null && up > down ? up : text.length }];
}

function startOf(text: string, direction: 'up' | 'down'): number | null {
  const found = new RegExp(
    `exports\\.${direction}\\s*=|export\\s+(?:const|async\\s+function|function)\\s+${direction}\\b|(?<![\\w.$])(?:async\\s+)?${direction}\\s*[:(]`,
  );
  return found.exec(text)?.index ?? null;
}

/** What of a script nobody knows before it runs. */
export interface Unread {
  /** SQL that methods make, or that is put together; or no SQL at all. */
  readonly builds: boolean;
  /** SQL with values in its text. */
  readonly interpolates: boolean;
}

export function unreadIn(bytes: Uint8Array): Unread {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const literals = [...text.matchAll(call)];
  const range = rangesIn(text)[0];
  const none = !literals.some(({ index }) => range !== undefined && index >= range.from && index < range.to);
  const composed = [...text.matchAll(anyCall)].length > literals.length;
  return {
    builds: none || composed || builder.test(text),
    interpolates: literals.some((match) => /\$\{/.test(contentOf(match))),
  };
}

const builders = [
  /\bschema\s*\.\s*(?!raw\b)\w+/,
  /\bpgm\s*\.\s*(?!sql\b|noTransaction\b)\w+/,
  /\bqueryInterface\s*\.\s*(?!sequelize\b)\w+/,
  /\bqueryRunner\s*\.\s*(?!query\b)\w+/,
  /(?:create|alter|drop|rename)(?:Table|Column|Index|ForeignKey)|(?:add|remove|change)(?:Column|Index|Constraint)/,
];
const builder = new RegExp(`(?:${builders.map(({ source }) => source).join('|')})\\s*\\(`);

const anyCall = /\.\s*(?:raw|sql|query)\s*\(|\bsql\s*`/g;
const literal = /`([^`]*)`|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/.source;
/** A call whose first argument is one literal, or a template that is tagged with `sql`. */
const call = new RegExp(
  `\\.\\s*(?:raw|sql|query)\\s*\\(\\s*(?:${literal})\\s*(?=[,)])|\\bsql\\s*\`([^\`]*)\``,
  'g',
);

function contentOf(match: RegExpMatchArray): string {
  return match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
}

/** Everything but the SQL becomes blanks, so that positions stay; each call ends its last statement. */
function onlySql(text: string, from: number, to: number): string {
  let sql = '';
  let at = 0;
  for (const match of text.matchAll(call)) {
    const content = contentOf(match);
    const start = match.index + match[0].trimEnd().length - content.length - 1;
    if (match.index < from || start >= to) continue;
    sql += blank(text.slice(at, start)) + readable(content);
    at = start + content.length;
    // The closing quote is the place of the semicolon.
    sql += /;\s*$/.test(content) ? ' ' : ';';
    at++;
  }
  return sql + blank(text.slice(at));
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Interpolations and escapes keep their length. */
function readable(sql: string): string {
  return sql
    .replace(/\$\{[^{}]*\}/g, (hole) => 'p'.padEnd(hole.length, '_'))
    .replace(/\\n/g, '\n ')
    .replace(/\\(['"`])/g, ' $1');
}
