import { isStronger, locksOf } from '../sql/locks.ts';
import { as } from '../sql/nodes.ts';
import type { Script, Statement } from '../sql/parse.ts';
import type { Hit, RuleContext } from './rule.ts';

/**
 * Whether a script changes definitions, or takes a lock that others feel, before it has set a time-out, and where. One
 * hit a script: the remedy is one line at its top. Tables of the same change are nobody else's yet.
 */
export function* missingTimeout(
  script: Script,
  { created }: RuleContext,
  setting: string,
  why: string,
): Generator<Hit> {
  for (const statement of script.statements) {
    const set = as(statement.node, 'VariableSetStmt');
    if (set?.kind === 'VAR_SET_VALUE' && set.name?.toLowerCase() === setting) return;
    const locks = locksOf(statement);
    const felt = locks.filter(({ mode }) => isStronger(mode, 'RowExclusive') || isLock(statement));
    const others = felt.find(({ table }) => table === null || !created.has(table));
    if (others === undefined && !(felt.length === 0 && defines(statement))) continue;
    const what =
      others === undefined
        ? 'This changes definitions'
        : `This takes the lock ${others.mode}${others.table === null ? '' : ` on \`${others.table}\``}`;
    yield {
      at: statement.start,
      message: `${what} without a ${setting}: ${why}`,
      help: `Put \`SET ${setting} = '${setting === 'lock_timeout' ? '1s' : '5s'}';\` before it, and let the migration be tried again when it gives up.`,
    };
    return;
  }
}

const isLock = ({ kind }: Statement): boolean => kind === 'LockStmt';

const definitions =
  /^(Alter|CompositeType|Comment|Create|Define|Drop|ImportForeignSchema|Index|Load|Refresh|Rename|Rule|View)/;

/** CREATE, ALTER, DROP and their like, as squawk counts them. A new table that refers to no other hurts nobody. */
function defines({ kind, node }: Statement): boolean {
  if (kind === 'CreateStmt') return false;
  if (kind === 'VacuumStmt') return as(node, 'VacuumStmt')?.is_vacuumcmd === true;
  return definitions.test(kind) || as(node, 'SelectStmt')?.intoClause !== undefined;
}
