import { definedColumns } from '../sql/alter-table.ts';
import { statementsOf } from '../sql/by-kind.ts';
import { all, as } from '../sql/nodes.ts';
import type { Script } from '../sql/parse.ts';
import type { Rule } from './rule.ts';

/** What can be given a name, and so a pattern for it. */
export const namedThings = ['schema', 'table', 'column', 'index', 'foreign_key', 'check'] as const;
export type NamedThing = (typeof namedThings)[number];

interface Named {
  readonly thing: NamedThing;
  readonly name: string | undefined;
  readonly at: number;
}

export const namingConvention: Rule = {
  name: 'naming-convention',
  level: 'warning',
  danger: 'Names that follow no rule have to be looked up; renaming them later breaks running versions.',
  *check(script, { naming }) {
    for (const { thing, name, at } of naming === null ? [] : newNames(script)) {
      const pattern = naming?.[thing];
      if (!pattern || !name || new RegExp(`^(?:${pattern})$`, 'u').test(name)) continue;
      yield {
        at,
        message: `The ${thing.replace('_', ' ')} \`${name}\` is not named as ${pattern}.`,
        help: 'Choose a name that follows gates.migrations.naming now, while nothing uses it.',
      };
    }
  },
};

function* newNames(script: Script): Generator<Named> {
  for (const { node, start } of statementsOf(script, 'CreateSchemaStmt')) {
    yield { thing: 'schema', name: as(node, 'CreateSchemaStmt')?.schemaname, at: start };
  }
  for (const { node, start } of statementsOf(script, 'IndexStmt')) {
    yield { thing: 'index', name: as(node, 'IndexStmt')?.idxname, at: start };
  }
  for (const { node, start } of statementsOf(script, 'CreateStmt')) {
    const create = as(node, 'CreateStmt');
    yield { thing: 'table', name: create?.relation?.relname, at: create?.relation?.location ?? start };
    for (const one of all(create?.tableElts, 'Constraint')) yield* constraintName(one, start);
  }
  for (const { column, constraints, at } of definedColumns(script)) {
    yield { thing: 'column', name: column.colname, at };
    for (const one of constraints) yield* constraintName(one, at);
  }
  for (const { node, start } of statementsOf(script, 'AlterTableStmt')) {
    for (const { subtype, def } of all(as(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd')) {
      const added = subtype === 'AT_AddConstraint' ? as(def, 'Constraint') : undefined;
      if (added !== undefined) yield* constraintName(added, start);
    }
  }
  for (const { node, start } of statementsOf(script, 'RenameStmt')) {
    const { renameType, newname } = as(node, 'RenameStmt') ?? {};
    const thing = renamed[renameType ?? ''];
    if (thing !== undefined) yield { thing, name: newname, at: start };
  }
}

const renamed: Readonly<Partial<Record<string, NamedThing>>> = {
  OBJECT_SCHEMA: 'schema',
  OBJECT_TABLE: 'table',
  OBJECT_COLUMN: 'column',
  OBJECT_INDEX: 'index',
};

function* constraintName(
  { contype, conname, location }: { contype?: string; conname?: string; location?: number },
  otherwise: number,
): Generator<Named> {
  const at = location ?? otherwise;
  if (contype === 'CONSTR_FOREIGN') yield { thing: 'foreign_key', name: conname, at };
  if (contype === 'CONSTR_CHECK') yield { thing: 'check', name: conname, at };
}
