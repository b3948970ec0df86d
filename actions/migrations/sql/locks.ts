import type { AlterTableCmd, Node, RangeVar } from 'libpg-query';
import { all, as, words } from './nodes.ts';
import { isOn } from './option.ts';
import type { Statement } from './parse.ts';
import { droppedNames, keyOfWords, tableKey } from './tables.ts';

/** Table lock modes, weakest first (Postgres documentation, 13.3.1; the index is the number in the parse tree). */
export const lockModes = [
  'none',
  'AccessShare',
  'RowShare',
  'RowExclusive',
  'ShareUpdateExclusive',
  'Share',
  'ShareRowExclusive',
  'Exclusive',
  'AccessExclusive',
] as const;
export type LockMode = (typeof lockModes)[number];

export interface Lock {
  readonly mode: LockMode;
  /** Null when the statement does not say which tables (REINDEX SCHEMA, CLUSTER). */
  readonly table: string | null;
}

/** The locks on tables that a statement takes by its own text, by Postgres' documentation of each command. */
export function locksOf({ node }: Pick<Statement, 'node'>): Lock[] {
  const alter = as(node, 'AlterTableStmt');
  if (alter?.objtype === 'OBJECT_TABLE')
    return alterLocks(tableKey(alter.relation), all(alter.cmds, 'AlterTableCmd'));
  const create = as(node, 'CreateStmt');
  if (create) return createLocks(create);
  return maintenanceLocks(node) ?? definitionLocks(node) ?? dataLocks(node);
}

/** The strongest of several; `none` of no locks. */
export function strongest(locks: readonly Lock[]): LockMode {
  return locks.reduce<LockMode>((mode, lock) => (isStronger(lock.mode, mode) ? lock.mode : mode), 'none');
}

export function isStronger(left: LockMode, right: LockMode): boolean {
  return lockModes.indexOf(left) > lockModes.indexOf(right);
}

/** Source of the levels: `AlterTableGetLockLevel` and the notes of the ALTER TABLE page. */
function alterLocks(table: string, commands: readonly AlterTableCmd[]): Lock[] {
  return commands.flatMap((command): Lock[] => {
    switch (command.subtype) {
      case 'AT_SetStatistics':
      case 'AT_SetOptions':
      case 'AT_ResetOptions':
      case 'AT_SetRelOptions':
      case 'AT_ResetRelOptions':
      case 'AT_ClusterOn':
      case 'AT_DropCluster':
      case 'AT_ValidateConstraint':
        return [{ mode: 'ShareUpdateExclusive', table }];
      case 'AT_EnableTrig':
      case 'AT_EnableAlwaysTrig':
      case 'AT_EnableReplicaTrig':
      case 'AT_EnableTrigAll':
      case 'AT_EnableTrigUser':
      case 'AT_DisableTrig':
      case 'AT_DisableTrigAll':
      case 'AT_DisableTrigUser':
        return [{ mode: 'ShareRowExclusive', table }];
      case 'AT_AttachPartition':
        return partitionLocks(table, command, 'ShareUpdateExclusive');
      case 'AT_DetachPartition':
        return partitionLocks(
          table,
          command,
          as(command.def, 'PartitionCmd')?.concurrent ? 'ShareUpdateExclusive' : 'AccessExclusive',
        );
      case 'AT_AddConstraint': {
        const constraint = as(command.def, 'Constraint');
        if (constraint?.contype !== 'CONSTR_FOREIGN') return [{ mode: 'AccessExclusive', table }];
        return [
          { mode: 'ShareRowExclusive', table },
          { mode: 'ShareRowExclusive', table: tableKey(constraint.pktable) },
        ];
      }
      default:
        return [{ mode: 'AccessExclusive', table }];
    }
  });
}

function partitionLocks(table: string, command: AlterTableCmd, parent: LockMode): Lock[] {
  const partition = as(command.def, 'PartitionCmd')?.name;
  return [
    { mode: parent, table },
    { mode: 'AccessExclusive', table: tableKey(partition) },
  ];
}

/** A new table is nobody's yet; its foreign keys and its parents are other people's tables. */
function createLocks(create: NonNullable<ReturnType<typeof as<'CreateStmt'>>>): Lock[] {
  const inline = all(create.tableElts, 'ColumnDef').flatMap((column) =>
    all(column.constraints, 'Constraint'),
  );
  const constraints = [...inline, ...all(create.tableElts, 'Constraint')];
  const referenced = constraints.flatMap((one) => one.pktable ?? []);
  const parents = all(create.inhRelations, 'RangeVar');
  return [
    ...referenced.map((table): Lock => ({ mode: 'ShareRowExclusive', table: tableKey(table) })),
    ...parents.map(
      (table): Lock => ({
        mode: create.partbound ? 'AccessExclusive' : 'ShareUpdateExclusive',
        table: tableKey(table),
      }),
    ),
  ];
}

/** VACUUM, CLUSTER, REINDEX, REFRESH, LOCK, TRUNCATE: null when the node is none of them. */
function maintenanceLocks(node: Node): Lock[] | null {
  const vacuum = as(node, 'VacuumStmt');
  if (vacuum) {
    const full = all(vacuum.options, 'DefElem').some((one) => one.defname === 'full' && isOn(one));
    const tables = all(vacuum.rels, 'VacuumRelation').map((one) => one.relation);
    return onEach(full ? 'AccessExclusive' : 'ShareUpdateExclusive', tables);
  }
  const cluster = as(node, 'ClusterStmt');
  if (cluster) return onEach('AccessExclusive', cluster.relation ? [cluster.relation] : []);
  const reindex = as(node, 'ReindexStmt');
  if (reindex) {
    const concurrent = all(reindex.params, 'DefElem').some(
      (one) => one.defname === 'concurrently' && isOn(one),
    );
    return onEach(
      concurrent ? 'ShareUpdateExclusive' : 'AccessExclusive',
      reindex.kind === 'REINDEX_OBJECT_TABLE' ? [reindex.relation] : [],
    );
  }
  const refresh = as(node, 'RefreshMatViewStmt');
  if (refresh) return onEach(refresh.concurrent ? 'Exclusive' : 'AccessExclusive', [refresh.relation]);
  const lock = as(node, 'LockStmt');
  if (lock) return onEach(lockModes[lock.mode ?? 8] ?? 'AccessExclusive', all(lock.relations, 'RangeVar'));
  const truncate = as(node, 'TruncateStmt');
  if (truncate) return onEach('AccessExclusive', all(truncate.relations, 'RangeVar'));
  return null;
}

/** Indexes, drops, renames, triggers, policies, rules: null when the node is none of them. */
function definitionLocks(node: Node): Lock[] | null {
  const index = as(node, 'IndexStmt');
  if (index) return onEach(index.concurrent ? 'ShareUpdateExclusive' : 'Share', [index.relation]);
  const drop = as(node, 'DropStmt');
  if (drop) return dropLocks(drop);
  const rename = as(node, 'RenameStmt');
  if (rename?.relation) return onEach('AccessExclusive', [rename.relation]);
  const trigger = as(node, 'CreateTrigStmt');
  if (trigger) return onEach('ShareRowExclusive', [trigger.relation]);
  const comment = as(node, 'CommentStmt');
  if (comment) return commentLocks(comment);
  const exclusive =
    as(node, 'CreatePolicyStmt')?.table ??
    as(node, 'AlterPolicyStmt')?.table ??
    as(node, 'RuleStmt')?.relation;
  if (exclusive) return onEach('AccessExclusive', [exclusive]);
  return null;
}

/** The relation that carries the comment; a column's or a constraint's is the table before its name. */
function commentLocks(comment: NonNullable<ReturnType<typeof as<'CommentStmt'>>>): Lock[] {
  const parts = words(as(comment.object, 'List')?.items);
  switch (comment.objtype) {
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_FOREIGN_TABLE':
      return [{ mode: 'ShareUpdateExclusive', table: keyOfWords(parts) }];
    case 'OBJECT_COLUMN':
    case 'OBJECT_TABCONSTRAINT':
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return [{ mode: 'ShareUpdateExclusive', table: keyOfWords(parts.slice(0, -1)) }];
    default:
      return [];
  }
}

function dropLocks(drop: NonNullable<ReturnType<typeof as<'DropStmt'>>>): Lock[] {
  const tables = droppedNames(drop.objects).map(keyOfWords);
  switch (drop.removeType) {
    case 'OBJECT_TABLE':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_VIEW':
    case 'OBJECT_FOREIGN_TABLE':
      return tables.map((table) => ({ mode: 'AccessExclusive', table }));
    case 'OBJECT_INDEX':
      return [{ mode: drop.concurrent ? 'ShareUpdateExclusive' : 'AccessExclusive', table: null }];
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return droppedNames(drop.objects).map((parts) => ({
        mode: 'AccessExclusive',
        table: keyOfWords(parts.slice(0, -1)),
      }));
    default:
      return [];
  }
}

function dataLocks(node: Node): Lock[] {
  const written =
    as(node, 'InsertStmt')?.relation ??
    as(node, 'UpdateStmt')?.relation ??
    as(node, 'DeleteStmt')?.relation ??
    as(node, 'MergeStmt')?.relation;
  if (written) return onEach('RowExclusive', [written]);
  const copy = as(node, 'CopyStmt');
  if (copy?.relation) return onEach(copy.is_from ? 'RowExclusive' : 'AccessShare', [copy.relation]);
  return [];
}

function onEach(mode: LockMode, tables: readonly (RangeVar | undefined)[]): Lock[] {
  const named = tables.filter((table) => table !== undefined);
  return named.length === 0
    ? [{ mode, table: null }]
    : named.map((table) => ({ mode, table: tableKey(table) }));
}
