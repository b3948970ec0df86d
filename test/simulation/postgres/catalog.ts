import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ColumnDef,
  type Constraint,
  type CreateStmt,
  loadModule,
  type Node,
  parseSync,
} from 'libpg-query';
import { compileExpression, required, stringsOf, typeOf } from './expressions.ts';
import { Table } from './tables.ts';

await loadModule();

const folder = 'adapters/postgres/migrations';

/** The statements of the store's own migrations, parsed once for all simulations. */
const migrations: readonly Node[] = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .flatMap((name) => statementsOf(readFileSync(join(folder, name), 'utf8')));

export function statementsOf(sql: string): readonly Node[] {
  return (parseSync(sql).stmts ?? []).map(({ stmt }) => required(stmt));
}

/** Empty tables as the migrations make them. What only guards or speeds up (checks, indexes, triggers) is left out. */
export function createTables(): ReadonlyMap<string, Table> {
  const tables = new Map<string, Table>();
  for (const statement of migrations) migrate(statement, tables);
  return tables;
}

function migrate(statement: Node, tables: Map<string, Table>): void {
  if ('CreateStmt' in statement) {
    const table = createTable(statement.CreateStmt);
    tables.set(table.name, table);
  } else if ('AlterTableStmt' in statement) {
    const table = required(tables.get(statement.AlterTableStmt.relation?.relname ?? ''));
    for (const command of statement.AlterTableStmt.cmds ?? []) {
      if (!('AlterTableCmd' in command)) continue;
      const { subtype, def, name = '' } = command.AlterTableCmd;
      if (subtype === 'AT_DropColumn') table.columns.delete(name);
      if (subtype === 'AT_DropConstraint') table.dropKey(name);
      if (subtype === 'AT_AddColumn' && def !== undefined && 'ColumnDef' in def)
        addColumn(table, def.ColumnDef);
      if (subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def) {
        addKey(table, def.Constraint);
      }
    }
  } else if ('IndexStmt' in statement && statement.IndexStmt.unique === true) {
    // A condition on such an index is always that its columns are there: rows without them never collide.
    const table = required(tables.get(statement.IndexStmt.relation?.relname ?? ''));
    const columns = (statement.IndexStmt.indexParams ?? []).map((node) =>
      'IndexElem' in node ? required(node.IndexElem.name) : '',
    );
    table.uniques.push({ name: statement.IndexStmt.idxname ?? '', columns });
  }
}

function createTable({ relation, tableElts }: CreateStmt): Table {
  const table = new Table(relation?.relname ?? '');
  for (const element of tableElts ?? []) {
    if ('ColumnDef' in element) addColumn(table, element.ColumnDef);
    else if ('Constraint' in element) addKey(table, element.Constraint);
  }
  return table;
}

function addColumn(table: Table, definition: ColumnDef): void {
  const name = definition.colname ?? '';
  let fallback: (() => unknown) | null = null;
  for (const node of definition.constraints ?? []) {
    if (!('Constraint' in node)) continue;
    const constraint = node.Constraint;
    if (constraint.contype === 'CONSTR_PRIMARY' || constraint.contype === 'CONSTR_UNIQUE') {
      table.uniques.push({ name: keyName(table, constraint, name), columns: [name] });
    } else if (constraint.contype === 'CONSTR_IDENTITY') {
      let next = 0;
      fallback = () => {
        next += 1;
        return next;
      };
    } else if (constraint.contype === 'CONSTR_DEFAULT') {
      fallback = defaultOf(required(constraint.raw_expr));
    }
  }
  table.columns.set(name, { name, type: typeOf(definition.typeName), fallback });
}

function defaultOf(node: Node): () => unknown {
  const scope = { columns: new Map(), subquery: () => () => [] };
  return () => compileExpression(node, scope)({ writer: { touched: [] }, parameters: [], rows: {}, now: 0 });
}

function addKey(table: Table, constraint: Constraint): void {
  if (constraint.contype !== 'CONSTR_PRIMARY' && constraint.contype !== 'CONSTR_UNIQUE') return;
  const columns = stringsOf(constraint.keys);
  table.uniques.push({ name: keyName(table, constraint, columns.join('_')), columns });
}

/** As Postgres names a constraint that has no name. */
function keyName(table: Table, { contype, conname }: Constraint, columns: string): string {
  return conname ?? (contype === 'CONSTR_PRIMARY' ? `${table.name}_pkey` : `${table.name}_${columns}_key`);
}
