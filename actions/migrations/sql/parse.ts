import type { Node } from 'libpg-query';
import type { Section } from '../section.ts';
import { readInnerCode } from './inner-code.ts';
import { byteOfCodePoint } from './lines.ts';
import { as, kindOf } from './nodes.ts';
import type { InnerCode, Statement } from './statement.ts';

export type { InnerCode, Statement } from './statement.ts';

/** A parsed section. `syntaxError` means that no statement of it is known. */
export interface Script extends Section {
  readonly statements: readonly Statement[];
  readonly syntaxError: { readonly message: string; readonly at: number } | null;
  /** Absent: there is no such code. */
  readonly inner?: InnerCode;
}

const asWritten = new WeakMap<Script, Script>();

/** The script that was opened, as its author wrote it. */
export function written(script: Script): Script {
  return asWritten.get(script) ?? script;
}

/** The script with what its code runs among its statements, as rules read it. */
export function opened(script: Script): Script {
  const inside = script.inner?.statements ?? [];
  if (inside.length === 0) return script;
  const all = [...script.statements, ...inside].sort((a, b) => a.start - b.start);
  const statements = all.map((one, index) => {
    const next = all[index + 1];
    return { ...one, index, end: next === undefined ? one.end : Math.min(one.end, next.start) };
  });
  const open = { ...script, statements };
  asWritten.set(open, script);
  return open;
}

/** The statement that a byte lies in, or the next one after it; found by halving, as scripts can be long. */
export function statementAt({ statements }: Pick<Script, 'statements'>, at: number): Statement | undefined {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at < (statements[middle]?.end ?? 0)) high = middle;
    else low = middle + 1;
  }
  return statements[low];
}

/** Parses a section with Postgres' own grammar (version 18). A text that is no SQL gives a script with a syntax error. */
export async function parseSection(section: Section): Promise<Script> {
  const { parse, SqlError } = await import('libpg-query');
  const decoded = decode(section.text);
  if ('problem' in decoded) {
    return { ...section, statements: [], syntaxError: { message: decoded.problem, at: decoded.at } };
  }
  const { sql } = decoded;
  if (sql.trim() === '') return { ...section, statements: [], syntaxError: null };
  try {
    const tree = await parse(sql);
    const known = withTransactions(section, tree.stmts ?? []);
    const inner = await readInnerCode(section.text, known.statements);
    return { ...section, ...known, syntaxError: null, ...(inner && { inner }) };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const at = byteOfCodePoint(section.text, error.sqlDetails?.cursorPosition ?? 0);
    return { ...section, statements: [], syntaxError: { message: error.message, at } };
  }
}

/**
 * The text of a section. A NUL byte is refused because the parser would take it for the end and never see what
 * stands behind it; bytes that are no UTF-8 because every position after them would be wrong.
 */
function decode(text: Uint8Array): { sql: string } | { problem: string; at: number } {
  const nul = text.indexOf(0);
  if (nul >= 0) return { problem: 'the file holds a NUL byte; it must be UTF-8 text', at: nul };
  try {
    return { sql: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text) };
  } catch {
    return { problem: 'the file is not UTF-8 text', at: 0 };
  }
}

interface RawStatement {
  readonly stmt?: Node;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

function withTransactions(
  section: Section,
  raw: readonly RawStatement[],
): Pick<Script, 'transaction' | 'statements'> {
  const overridden = section.transaction === 'assumed' && disablesAssumption(section.text);
  const around = overridden ? 'none' : section.transaction;
  let transaction: Statement['transaction'] = around === 'none' ? null : around;
  const statements: Statement[] = [];
  for (const { stmt, stmt_location = 0, stmt_len } of raw) {
    if (stmt === undefined) continue;
    const end = stmt_len === undefined ? section.text.length : stmt_location + stmt_len;
    const change = as(stmt, 'TransactionStmt')?.kind;
    if (change === 'TRANS_STMT_BEGIN' || change === 'TRANS_STMT_START') transaction = 'explicit';
    statements.push({
      index: statements.length,
      kind: kindOf(stmt),
      node: stmt,
      start: stmt_location,
      end,
      transaction,
    });
    if (change === 'TRANS_STMT_COMMIT' || change === 'TRANS_STMT_ROLLBACK') transaction = null;
  }
  return { transaction: around, statements };
}

/** squawk's comment for a file that its tool runs without a transaction after all. */
function disablesAssumption(text: Uint8Array): boolean {
  const whole = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return whole.includes('squawk-disable-assume-in-transaction');
}
