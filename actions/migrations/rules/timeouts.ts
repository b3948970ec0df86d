import { isStronger, locksOf } from '../sql/locks.ts';
import { as } from '../sql/nodes.ts';
import type { Script } from '../sql/parse.ts';
import type { Hit, RuleContext } from './rule.ts';

/**
 * Whether a script takes a lock that others feel before it has set a time-out, and where. One hit a script: the
 * remedy is one line at its top.
 */
export function* missingTimeout(
  script: Script,
  { created }: RuleContext,
  setting: string,
  why: string,
): Generator<Hit> {
  for (const { node, start } of script.statements) {
    const set = as(node, 'VariableSetStmt');
    if (set?.kind === 'VAR_SET_VALUE' && set.name?.toLowerCase() === setting) return;
    const felt = locksOf({ node }).find(
      (lock) => isStronger(lock.mode, 'RowExclusive') && !(lock.table !== null && created.has(lock.table)),
    );
    if (felt === undefined) continue;
    yield {
      at: start,
      message: `This takes the lock ${felt.mode}${felt.table === null ? '' : ` on \`${felt.table}\``} without a ${setting}: ${why}`,
      help: `Put \`SET ${setting} = '${setting === 'lock_timeout' ? '1s' : '5s'}';\` before it, and let the migration be tried again when it gives up.`,
    };
    return;
  }
}
