import type { RangeVar } from 'libpg-query';
import { as } from '../sql/nodes.ts';
import type { Statement } from '../sql/parse.ts';
import { droppedNames } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const requireTableSchema: Rule = {
  name: 'require-table-schema',
  level: 'warning',
  optIn: true,
  danger: 'Which table a bare name means depends on the search_path of whoever runs the migration.',
  *check(script) {
    for (const statement of script.statements) {
      for (const name of bareNames(statement)) {
        yield {
          at: statement.start,
          message: `\`${name}\` is written without its schema: which table that is depends on the search_path.`,
          help: `Write the schema, for example public.${name}.`,
        };
      }
    }
  },
};

function bareNames({ node }: Statement): string[] {
  const create = as(node, 'CreateStmt')?.relation ?? as(node, 'CreateTableAsStmt')?.into?.rel;
  const alter = as(node, 'AlterTableStmt');
  const drop = as(node, 'DropStmt');
  const bare = (table: RangeVar | undefined): string[] =>
    table === undefined || table.schemaname || table.relpersistence === 't' ? [] : [table.relname ?? ''];
  if (create) return bare(create);
  if (alter?.objtype === 'OBJECT_TABLE') return bare(alter.relation);
  const rename = as(node, 'RenameStmt');
  if (rename?.relation && [rename.relationType, rename.renameType].includes('OBJECT_TABLE')) {
    return bare(rename.relation);
  }
  if (drop?.removeType !== 'OBJECT_TABLE') return [];
  return droppedNames(drop.objects).flatMap((parts) => (parts.length === 1 ? parts : []));
}
