import type { Node } from 'libpg-query';
import { all, as } from './nodes.ts';
import { isOn } from './option.ts';

/** The kinds among which are all statements that Postgres may refuse inside a transaction. */
export const oftenOutside = [
  'IndexStmt',
  'VacuumStmt',
  'DropStmt',
  'CreatedbStmt',
  'DropdbStmt',
  'AlterSystemStmt',
  'CreateTableSpaceStmt',
  'ReindexStmt',
  'AlterTableStmt',
] as const;

/** What a statement is called when Postgres runs it only outside a transaction; null for all others. */
export function outsideTransactionOnly(node: Node): string | null {
  if (as(node, 'IndexStmt')?.concurrent) return 'CREATE INDEX CONCURRENTLY';
  if (as(node, 'VacuumStmt')?.is_vacuumcmd) return 'VACUUM';
  if (as(node, 'DropStmt')?.concurrent) return 'DROP INDEX CONCURRENTLY';
  if (as(node, 'CreatedbStmt')) return 'CREATE DATABASE';
  if (as(node, 'DropdbStmt')) return 'DROP DATABASE';
  if (as(node, 'AlterSystemStmt')) return 'ALTER SYSTEM';
  if (as(node, 'CreateTableSpaceStmt')) return 'CREATE TABLESPACE';
  const reindex = as(node, 'ReindexStmt');
  if (all(reindex?.params, 'DefElem').some((one) => one.defname === 'concurrently' && isOn(one))) {
    return 'REINDEX CONCURRENTLY';
  }
  const detach = all(as(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd').some(
    (command) => command.subtype === 'AT_DetachPartition' && as(command.def, 'PartitionCmd')?.concurrent,
  );
  return detach ? 'DETACH PARTITION CONCURRENTLY' : null;
}
