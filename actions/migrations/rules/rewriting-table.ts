import { tableCommands } from '../sql/alter-table.ts';
import { statementsOf } from '../sql/by-kind.ts';
import { all, as } from '../sql/nodes.ts';
import { isOn } from '../sql/option.ts';
import type { Script } from '../sql/parse.ts';
import { tableKey } from '../sql/tables.ts';
import { accessExclusive, type Hit, type Rule } from './rule.ts';

/** Postgres documentation of ALTER TABLE, notes: these make a new copy of the table's file. */
const copying = new Map<string | undefined, string>([
  ['AT_SetLogged', 'SET LOGGED'],
  ['AT_SetUnLogged', 'SET UNLOGGED'],
  ['AT_SetAccessMethod', 'SET ACCESS METHOD'],
  ['AT_SetTableSpace', 'SET TABLESPACE'],
  ['AT_DropOids', 'SET WITHOUT OIDS'],
]);

export const rewritingTable: Rule = {
  name: 'rewriting-table',
  level: 'error',
  danger: 'How a table is stored is changed by copying all of it under ACCESS EXCLUSIVE.',
  *check(script, { created, postgres }) {
    for (const { table, command, at } of tableCommands(script)) {
      const what = copying.get(command.subtype);
      if (what !== undefined && !created.has(table)) yield hit(at, what, table);
    }
    // From Postgres 19 on there is a better way, and `prefer-repack` names it.
    if (postgres < 19) yield* maintenance(script, created);
  },
};

function* maintenance(script: Script, created: ReadonlySet<string>): Generator<Hit> {
  for (const { node, start } of statementsOf(script, 'VacuumStmt', 'ClusterStmt')) {
    const cluster = as(node, 'ClusterStmt');
    const vacuum = as(node, 'VacuumStmt');
    const full = all(vacuum?.options, 'DefElem').some((one) => one.defname === 'full' && isOn(one));
    if (cluster === undefined && !full) continue;
    const relation = cluster?.relation ?? all(vacuum?.rels, 'VacuumRelation')[0]?.relation;
    const table = relation === undefined ? null : tableKey(relation);
    if (table === null || !created.has(table)) yield hit(start, full ? 'VACUUM FULL' : 'CLUSTER', table);
  }
}

function hit(at: number, what: string, table: string | null): Hit {
  return {
    at,
    message: `${what} writes ${table === null ? 'every table of the database' : `all of \`${table}\``} anew under ${accessExclusive}.`,
    help: 'Do it in a window without traffic, or with pg_repack, which copies the table while reads and writes go on.',
  };
}
