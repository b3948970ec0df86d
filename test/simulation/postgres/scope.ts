import type { Node, SelectStmt } from 'libpg-query';
import { type Scope, unsupported } from './expressions.ts';
import { compileSelect } from './select.ts';
import type { Table } from './tables.ts';

export type Tables = ReadonlyMap<string, Table>;

export function columnName(node: Node): string {
  const field = 'ColumnRef' in node ? node.ColumnRef.fields?.at(-1) : undefined;
  return field !== undefined && 'String' in field ? (field.String.sval ?? '') : 'column';
}

export function tableOf(name: string | undefined, tables: Tables): Table {
  const table = tables.get(name ?? '');
  if (table === undefined) throw unsupported('table', name);
  return table;
}

export function scopeOf(columns: Scope['columns'], tables: Tables): Scope {
  return {
    columns,
    subquery: (node, { columns: outer }) => {
      const query = compileSelect((node as { SelectStmt: SelectStmt }).SelectStmt, tables, outer);
      return (environment) => query(environment, environment);
    },
  };
}

export function ownScope(table: Table): Scope['columns'] {
  return new Map([[table.name, new Set(table.columns.keys())]]);
}
