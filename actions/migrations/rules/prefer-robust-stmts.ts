import type { AlterTableCmd, Node } from 'libpg-query';
import { all, as } from '../sql/nodes.ts';
import type { Statement } from '../sql/parse.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const preferRobustStmts: Rule = {
  name: 'prefer-robust-stmts',
  level: 'warning',
  optIn: true,
  danger: 'A migration that fails half way outside a transaction cannot be run again.',
  *check(script) {
    const seen = new Constraints();
    for (const statement of script.statements) {
      const fragile = fragileParts(statement.node, seen);
      const concurrent =
        as(statement.node, 'IndexStmt')?.concurrent || as(statement.node, 'DropStmt')?.concurrent;
      if (statement.transaction !== null && !concurrent) continue;
      for (let part = 0; part < fragile; part++) yield hit(statement);
    }
  },
};

function hit({ start }: Statement) {
  return {
    at: start,
    message:
      'If the migration stops half way and is run again, this statement fails because it has been done already.',
    help: 'Add IF NOT EXISTS or IF EXISTS, drop the constraint IF EXISTS before adding it, or run all statements in one transaction.',
  };
}

/** What the script has done to constraints so far: adding one that was dropped IF EXISTS is robust, once. */
class Constraints {
  private readonly states = new Map<string, 'dropped' | 'added'>();

  drop(name: string): void {
    this.states.set(name, 'dropped');
  }

  canAdd(name: string): boolean {
    if (this.states.get(name) !== 'dropped') return false;
    this.states.set(name, 'added');
    return true;
  }

  has(name: string): boolean {
    return this.states.has(name);
  }
}

/** How many parts of a statement fail when they are done a second time. */
function fragileParts(node: Node, seen: Constraints): number {
  const alter = as(node, 'AlterTableStmt');
  if (alter?.objtype === 'OBJECT_TABLE') {
    const table = tableKey(alter.relation);
    return all(alter.cmds, 'AlterTableCmd').filter((command) => !isRobust(command, table, seen)).length;
  }
  const create = as(node, 'CreateStmt');
  if (create) {
    const goesByItself = create.relation?.relpersistence === 't' && create.oncommit === 'ONCOMMIT_DROP';
    return Number(create.if_not_exists !== true && !goesByItself);
  }
  const index = as(node, 'IndexStmt');
  if (index) return Number(index.if_not_exists !== true && index.idxname !== undefined);
  const rename = as(node, 'RenameStmt');
  if (rename) return Number(rename.relationType === 'OBJECT_TABLE' || rename.renameType === 'OBJECT_TABLE');
  const drop = as(node, 'DropStmt');
  return Number(drop !== undefined && drop.missing_ok !== true);
}

function isRobust(command: AlterTableCmd, table: string, seen: Constraints): boolean {
  switch (command.subtype) {
    case 'AT_DropConstraint':
      seen.drop(`${table} ${command.name}`);
      return command.missing_ok === true;
    case 'AT_DropColumn':
    case 'AT_AddColumn':
      return command.missing_ok === true;
    case 'AT_AddConstraint':
      return seen.canAdd(`${table} ${as(command.def, 'Constraint')?.conname}`);
    case 'AT_ValidateConstraint':
      return seen.has(`${table} ${command.name}`);
    default:
      return false;
  }
}
