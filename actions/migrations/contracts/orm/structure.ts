import { all, as } from '../../sql/nodes.ts';
import { tableKey } from '../../sql/tables.ts';
import type { OrmModel } from './model.ts';

/** The tables of a schema dump (`db/structure.sql`). Lines for psql are no SQL and are left out. */
export async function structureModels(text: string): Promise<OrmModel[]> {
  const { parse, SqlError } = await import('libpg-query');
  try {
    const tree = await parse(text.replace(/^\\[^\n]*$/gm, ''));
    return (tree.stmts ?? []).flatMap(({ stmt }): OrmModel[] => {
      const create = as(stmt, 'CreateStmt');
      if (create === undefined) return [];
      const columns = all(create.tableElts, 'ColumnDef').map(({ colname = '', location = 0 }) => ({
        names: [colname],
        at: location,
      }));
      const name = tableKey(create.relation);
      return [{ name, tables: [name], columns, parents: [] }];
    });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return [];
  }
}
