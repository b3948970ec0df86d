import type { AlterTableCmd, Node } from 'libpg-query';
import { all, as } from '../sql/nodes.ts';
import type { Script } from '../sql/parse.ts';
import { tableKey } from '../sql/tables.ts';
import type { Hit, Rule } from './rule.ts';

export const preferRobustStmts: Rule = {
  name: 'prefer-robust-stmts',
  level: 'warning',
  optIn: true,
  danger: 'A migration that fails half way outside a transaction cannot be run again.',
  *check(script) {
    // One statement alone is all or nothing, unless it builds an index that can be left behind invalid.
    const alone = script.statements.length < 2;
    const dropped = new Set<string>();
    for (const { node, start, transaction } of script.statements) {
      const robust = isRobust(node, dropped);
      const concurrent = as(node, 'IndexStmt')?.concurrent || as(node, 'DropStmt')?.concurrent;
      if (robust || (transaction !== null && !concurrent) || (alone && !concurrent)) continue;
      yield hit(script, start);
    }
  },
};

function hit(_script: Script, at: number): Hit {
  return {
    at,
    message:
      'If the migration stops half way and is run again, this statement fails because it has been done already.',
    help: 'Add IF NOT EXISTS or IF EXISTS, drop the constraint IF EXISTS before adding it, or run all statements in one transaction.',
  };
}

/** `dropped` collects constraints that were dropped IF EXISTS: adding such a one again is robust, once. */
function isRobust(node: Node, dropped: Set<string>): boolean {
  const create = as(node, 'CreateStmt');
  if (create)
    return (
      create.if_not_exists === true ||
      (create.relation?.relpersistence === 't' && create.oncommit === 'ONCOMMIT_DROP')
    );
  const index = as(node, 'IndexStmt');
  if (index) return index.if_not_exists === true || index.idxname === undefined;
  const drop = as(node, 'DropStmt');
  if (drop) return drop.missing_ok === true;
  const alter = as(node, 'AlterTableStmt');
  if (alter?.objtype !== 'OBJECT_TABLE') return true;
  const table = tableKey(alter.relation);
  return all(alter.cmds, 'AlterTableCmd').every((command) => isRobustCommand(command, table, dropped));
}

function isRobustCommand(command: AlterTableCmd, table: string, dropped: Set<string>): boolean {
  switch (command.subtype) {
    case 'AT_DropConstraint':
      if (command.missing_ok === true) dropped.add(`${table} ${command.name}`);
      return command.missing_ok === true;
    case 'AT_DropColumn':
    case 'AT_AddColumn':
      return command.missing_ok === true;
    case 'AT_AddConstraint':
      return dropped.delete(`${table} ${as(command.def, 'Constraint')?.conname}`);
    case 'AT_ValidateConstraint':
      return true;
    default:
      return false;
  }
}
