import { statementsOf } from '../sql/by-kind.ts';
import { all, as } from '../sql/nodes.ts';
import { isOn } from '../sql/option.ts';
import { accessExclusive, type Rule } from './rule.ts';

export const preferRepack: Rule = {
  name: 'prefer-repack',
  level: 'warning',
  danger:
    'CLUSTER and VACUUM FULL rewrite the table under ACCESS EXCLUSIVE; Postgres 19 has REPACK CONCURRENTLY.',
  *check(script, { postgres }) {
    if (postgres < 19) return;
    for (const { node, start } of statementsOf(script, 'VacuumStmt', 'ClusterStmt')) {
      const vacuum = as(node, 'VacuumStmt');
      const full = all(vacuum?.options, 'DefElem').some((one) => one.defname === 'full' && isOn(one));
      if (as(node, 'ClusterStmt') === undefined && !full) continue;
      yield {
        at: start,
        message: `${full ? 'VACUUM FULL' : 'CLUSTER'} rewrites the table under ${accessExclusive}.`,
        help: 'Use REPACK (CONCURRENTLY), which lets reads and writes go on.',
      };
    }
  },
};
