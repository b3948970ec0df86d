import { all, as } from './nodes.ts';

/** A statement of SQL in PL/pgSQL, and the line of the body on which it begins, from 1. */
export interface PlainSql {
  readonly sql: string;
  readonly line: number;
}

/** What PL/pgSQL runs. `dynamic`: lines on which it runs SQL that only its variables know. */
export interface Plpgsql {
  readonly sql: readonly PlainSql[];
  readonly dynamic: readonly number[];
}

/** The SQL in the code of a DO block or a function; null: Postgres' own parser cannot read the code. */
export async function plpgsqlOf(statement: string): Promise<Plpgsql | null> {
  const { parsePlPgSQL, SqlError } = await import('libpg-query');
  const found: { sql: PlainSql[]; dynamic: number[] } = { sql: [], dynamic: [] };
  try {
    for (const step of stepsIn(await parsePlPgSQL(statement))) {
      const sql = step.isDynamic ? await literalOf(step.query) : step.query;
      if (sql === null) found.dynamic.push(step.line);
      else found.sql.push({ sql, line: step.line });
    }
    return found;
  } catch (error) {
    if (error instanceof SqlError || error instanceof SyntaxError) return null;
    throw error;
  }
}

interface Step {
  readonly query: string;
  readonly line: number;
  readonly isDynamic: boolean;
}

/** Where the parser keeps what a statement runs: SQL as it is written, and SQL that an expression gives. */
const written = { PLpgSQL_stmt_execsql: 'sqlstmt', PLpgSQL_stmt_perform: 'expr', PLpgSQL_stmt_call: 'expr' };
const computed = {
  PLpgSQL_stmt_dynexecute: 'query',
  PLpgSQL_stmt_dynfors: 'query',
  PLpgSQL_stmt_return_query: 'dynquery',
  PLpgSQL_stmt_open: 'dynquery',
};

function* stepsIn(value: unknown): Generator<Step> {
  if (typeof value !== 'object' || value === null) return;
  for (const [kind, inner] of Object.entries(value)) {
    const line = Number((inner as { readonly lineno?: number } | null)?.lineno ?? 1);
    for (const [places, isDynamic] of [
      [written, false],
      [computed, true],
    ] as const) {
      const query = queryAt(inner, (places as Readonly<Record<string, string>>)[kind]);
      if (query !== null) yield { query, line, isDynamic };
    }
    yield* stepsIn(inner);
  }
}

function queryAt(value: unknown, key: string | undefined): string | null {
  const expression = key === undefined ? undefined : (value as Readonly<Record<string, unknown>>)[key];
  const query = (expression as { readonly PLpgSQL_expr?: { readonly query?: unknown } } | undefined)
    ?.PLpgSQL_expr?.query;
  return typeof query === 'string' ? query : null;
}

/** The text that an expression always is; null: it depends on something. */
async function literalOf(expression: string): Promise<string | null> {
  const { parse, SqlError } = await import('libpg-query');
  try {
    const [statement] = (await parse(`SELECT ${expression}`)).stmts ?? [];
    const list = as(statement?.stmt, 'SelectStmt')?.targetList;
    const [target] = all(list, 'ResTarget');
    return list?.length === 1 ? (as(target?.val, 'A_Const')?.sval?.sval ?? null) : null;
  } catch (error) {
    if (error instanceof SqlError) return null;
    throw error;
  }
}
