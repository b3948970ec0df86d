import type { Node } from 'libpg-query';
import { tokens } from './lexer.ts';
import { all, as, kindOf, words } from './nodes.ts';
import { type PlainSql, plpgsqlOf } from './plpgsql.ts';
import type { InnerCode, Statement } from './statement.ts';

/** Code of a statement as text: of a DO block, or of a function. */
interface Code {
  readonly statement: Statement;
  readonly language: string;
  readonly body: string;
  /** Byte of the file at which the body begins. */
  readonly at: number;
}

/**
 * What DO blocks run, and functions that the same script makes and calls: the statements that can be read, and where
 * there is something that cannot. Null: there is no such code.
 *
 * @param text of the file, as the statements were parsed from it.
 */
export async function readInnerCode(
  text: Uint8Array,
  statements: readonly Statement[],
): Promise<InnerCode | null> {
  const makers = statements.filter(({ kind }) => kind === 'DoStmt' || kind === 'CreateFunctionStmt');
  if (makers.length === 0) return null;
  const blocks = makers.filter(({ kind }) => kind === 'DoStmt').map((one) => codeOf(text, one));
  const functions = new Map(
    makers
      .filter(({ kind }) => kind === 'CreateFunctionStmt')
      .map((one) => [nameOf(one.node), codeOf(text, one)] as const),
  );
  const calls = new Set(
    functions.size === 0
      ? []
      : statements.filter(({ kind }) => !namesOnly.has(kind)).flatMap(({ node }) => [...callsIn(node)]),
  );
  const read: { statements: Statement[]; unread: InnerCode['unread'][number][] } = {
    statements: [],
    unread: [],
  };
  const open = [...blocks, ...[...calls].flatMap((name) => take(functions, name))];
  for (let code = open.shift(); code !== undefined; code = open.shift()) {
    const inside = await readCode(text, code);
    read.statements.push(...inside.statements);
    read.unread.push(...inside.unread);
    const further = inside.statements.flatMap(({ node }) => [...callsIn(node)]);
    open.push(...further.flatMap((name) => take(functions, name)));
  }
  read.statements.sort((a, b) => a.start - b.start);
  return read;
}

/** What only names a function does not call it. */
const namesOnly = new Set<string>([
  'DoStmt',
  'CreateFunctionStmt',
  'CreateTrigStmt',
  'DropStmt',
  'GrantStmt',
]);

function take(functions: Map<string, Code>, name: string): readonly Code[] {
  const code = functions.get(name);
  functions.delete(name);
  return code === undefined ? [] : [code];
}

async function readCode(text: Uint8Array, code: Code): Promise<InnerCode> {
  const { statement, language, body, at } = code;
  const unread = (what: string): InnerCode => ({
    statements: [],
    unread: [{ at: statement.start, what }],
  });
  if (language === 'sql') return parsed([{ sql: body, at }], statement);
  if (language !== 'plpgsql') return unread(`its code is in ${language}`);
  const inside = await plpgsqlOf(Buffer.from(text.subarray(statement.start, statement.end)).toString('utf8'));
  if (inside === null) return unread('its code could not be parsed');
  const lines = linesOf(text, at, statement.end);
  const byteOf = (line: number): number => lines[Math.min(line, lines.length) - 1] ?? at;
  const placed = inside.sql.map(({ sql, line }) => ({ sql, at: byteOf(line) }));
  const known = await parsed(placed, statement);
  const dynamic = inside.dynamic.map((line) => ({
    at: byteOf(line),
    what: 'it runs SQL that is put together when it runs (EXECUTE of more than a literal)',
  }));
  return { statements: known.statements, unread: [...known.unread, ...dynamic] };
}

/** Every place inside is a place of the file. */
async function parsed(
  texts: readonly (Pick<PlainSql, 'sql'> & { readonly at: number })[],
  outer: Statement,
): Promise<InnerCode> {
  const { parse, SqlError } = await import('libpg-query');
  const found: { statements: Statement[]; unread: InnerCode['unread'][number][] } = {
    statements: [],
    unread: [],
  };
  for (const { sql, at } of texts) {
    try {
      // The parser leaves out a place that is 0; behind a blank there is none.
      const { stmts = [] } = await parse(` ${sql}`);
      for (const { stmt, stmt_location: start = 1 } of stmts) {
        if (stmt === undefined) continue;
        found.statements.push({
          index: 0,
          kind: kindOf(stmt),
          node: moved(stmt, at - 1) as Node,
          start: Math.max(at, at - 1 + start),
          end: outer.end,
          // A block runs in one transaction, its own where nobody has opened another.
          transaction: outer.transaction ?? 'explicit',
        });
      }
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      found.unread.push({
        at,
        what: `a statement of it could not be read: ${error.message}`,
      });
    }
  }
  return found;
}

/** The same tree, so many bytes further on. */
function moved(value: unknown, by: number): unknown {
  if (Array.isArray(value)) return value.map((one) => moved(one, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === 'location' && typeof one === 'number' && one > 0 ? one + by : moved(one, by),
    ]),
  );
}

function codeOf(text: Uint8Array, statement: Statement): Code {
  const { node } = statement;
  const options = as(node, 'CreateFunctionStmt')?.options ?? as(node, 'DoStmt')?.args;
  let language = as(node, 'DoStmt') === undefined ? 'sql' : 'plpgsql';
  let body = '';
  for (const { defname, arg } of all(options, 'DefElem')) {
    if (defname === 'language') language = (as(arg, 'String')?.sval ?? '').toLowerCase();
    if (defname === 'as') body = as(arg, 'String')?.sval ?? words(as(arg, 'List')?.items).join('\n');
  }
  return { statement, language, body, at: bodyStart(text, statement) };
}

/** The longest string of the statement is its code. */
function bodyStart(text: Uint8Array, { start, end }: Statement): number {
  let found = { start, end: start };
  const own = text.subarray(start, end);
  for (const token of tokens(own)) {
    if (token.kind !== 'string' || token.end - token.start <= found.end - found.start) continue;
    found = { start: start + token.start, end: start + token.end };
  }
  const [tag = "'"] =
    /^\$\w*\$/.exec(Buffer.from(text.subarray(found.start, found.start + 70)).toString('latin1')) ?? [];
  return found.start + tag.length;
}

/** The first byte of each line that is no blank. */
function linesOf(text: Uint8Array, from: number, end: number): readonly number[] {
  const found: number[] = [];
  for (let begin = from; begin > 0 && begin < end; begin = text.indexOf(10, begin) + 1) {
    let at = begin;
    while (at < end && (text[at] === 32 || text[at] === 9)) at += 1;
    found.push(at);
  }
  return found;
}

function nameOf(node: Node): string {
  return words(as(node, 'CreateFunctionStmt')?.funcname).at(-1) ?? '';
}

/** Names of the functions that a statement calls. */
function* callsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const call = as(value as Node, 'FuncCall');
  if (call !== undefined) yield words(call.funcname).at(-1) ?? '';
  const plain = (value as { readonly funccall?: { readonly funcname?: readonly Node[] } }).funccall;
  if (plain !== undefined) yield words(plain.funcname).at(-1) ?? '';
  for (const inner of Object.values(value)) yield* callsIn(inner);
}
