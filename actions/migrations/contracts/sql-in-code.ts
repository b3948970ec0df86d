import type { ContractUse } from './model.ts';
import { usesOfTree } from './tree-uses.ts';

/** Text in quotes of the usual languages: triple quotes, backticks, double and single quotes. */
const literal = /("""|'''|`)([\s\S]*?)\1|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/g;
const startsLikeSql = /^\s*(?:--[^\n]*\n\s*)*(?:select|insert\s+into|update|delete\s+from|with)\s/i;

/**
 * Tables and columns in the SQL of a source file. Only what Postgres' grammar reads counts; a query that is put
 * together at run time is not seen, which is why contracts can be declared as well.
 */
export async function sqlUses(text: string, path: string): Promise<readonly ContractUse[]> {
  const { parse, SqlError } = await import('libpg-query');
  const uses: ContractUse[] = [];
  for (const { sql, at } of queriesIn(text, path)) {
    const by = `${path}:${lineAt(text, at)}`;
    try {
      const tree = await parse(withoutPlaceholders(sql));
      for (const { stmt } of tree.stmts ?? []) uses.push(...usesOfTree(stmt, by));
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
    }
  }
  return uses;
}

function* queriesIn(text: string, path: string): Generator<{ sql: string; at: number }> {
  if (path.endsWith('.sql')) {
    yield { sql: text, at: 0 };
    return;
  }
  for (const match of text.matchAll(literal)) {
    const sql = match[2] ?? match[3] ?? match[4] ?? '';
    if (startsLikeSql.test(sql)) yield { sql: sql.replaceAll('\\n', '\n'), at: match.index };
  }
}

/** Placeholders of drivers and of template strings become the one that Postgres knows. */
function withoutPlaceholders(sql: string): string {
  return sql
    .replace(/\$\{[^{}]*\}/g, '$1')
    .replace(/%\(\w+\)s|%[sd]/g, '$1')
    .replace(/([^:\w]):[a-z_]\w*/gi, '$1$$1')
    .replace(/\?(?=[\s,)]|$)/g, '$1');
}

/** Line of a place in a text, 1-based. */
export function lineAt(text: string, at: number): number {
  let line = 1;
  for (let index = text.indexOf('\n'); index >= 0 && index < at; index = text.indexOf('\n', index + 1))
    line++;
  return line;
}
