import type { Section } from './layout.ts';

/**
 * Migrations written in JavaScript or TypeScript (Knex, node-pg-migrate): the SQL in their `raw(…)` and `sql(…)`
 * calls, at its place in the file. What the builder methods make cannot be read from text, and the gate says so.
 */
export function scriptSections(bytes: Uint8Array): Section[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const transaction = /transaction\s*:\s*false|noTransaction\s*\(/.test(text) ? 'none' : 'tool';
  const [up, down] = [startOf(text, 'up'), startOf(text, 'down')];
  const ranges = [
    { direction: 'up' as const, from: up ?? 0, to: down !== null && down > (up ?? 0) ? down : text.length },
    ...(down === null
      ? []
      : [{ direction: 'down' as const, from: down, to: up !== null && up > down ? up : text.length }]),
  ];
  return ranges.map(({ direction, from, to }) => ({
    direction,
    transaction,
    text: Buffer.from(onlySql(text, from, to), 'latin1'),
  }));
}

function startOf(text: string, direction: 'up' | 'down'): number | null {
  const found = new RegExp(
    `(?:exports\\.${direction}\\s*=|export\\s+(?:const|async\\s+function|function)\\s+${direction}\\b)`,
  );
  return found.exec(text)?.index ?? null;
}

/** Whether a script also calls builder methods that change the schema, which no rule sees. */
export function usesBuilder(text: string): boolean {
  return /\b(?:schema\s*\.\s*\w+|pgm\s*\.\s*(?!sql\b|noTransaction\b)\w+|createTable|alterTable|dropTable)\s*\(/.test(
    text,
  );
}

const call = /\b(?:raw|sql)\s*\(\s*(?:`([^`]*)`|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/g;

/** Everything but the SQL becomes blanks, so that positions stay; each call ends its last statement. */
function onlySql(text: string, from: number, to: number): string {
  let sql = '';
  let at = 0;
  for (const match of text.matchAll(call)) {
    const content = match[1] ?? match[2] ?? match[3] ?? '';
    const start = match.index + match[0].length - content.length - 1;
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
