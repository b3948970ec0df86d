import { statementsOf } from '../sql/by-kind.ts';
import { isStronger, locksOf } from '../sql/locks.ts';
import { as } from '../sql/nodes.ts';
import type { Script, Statement } from '../sql/parse.ts';
import type { Hit, RuleContext } from './rule.ts';

/**
 * Whether a script changes definitions, or takes a lock that others feel, while no time-out is set, and where. One
 * hit a script: the remedy is one line at its top. Tables of the same change are nobody else's yet.
 */
export function* missingTimeout(
  script: Script,
  { created }: RuleContext,
  setting: string,
  why: string,
): Generator<Hit> {
  const last = statementsOf(script, 'VariableSetStmt').findLast((one) => settingOf(one, setting) !== null);
  let lasting: Setting['value'] | null = null;
  let local: Setting['value'] | null = null;
  for (const statement of script.statements) {
    const set = settingOf(statement, setting);
    if (set?.local) local = statement.transaction === null ? local : set.value;
    else if (set) lasting = set.value;
    if (lasting === 'on' && last !== undefined && statement.index >= last.index) return;
    if (endsTransaction(statement)) local = null;
    const value = local ?? lasting;
    if (value === 'on') continue;
    const locks = locksOf(statement);
    const felt = locks.filter(({ mode }) => isStronger(mode, 'RowExclusive') || isLock(statement));
    const others = felt.find(({ table }) => table === null || !created.has(table));
    // Dumps turn time-outs off on purpose, for a database that nobody else uses yet.
    if (others === undefined && (value === 'off' || felt.length > 0 || !defines(statement))) continue;
    const what =
      others === undefined
        ? 'This changes definitions'
        : `This takes the lock ${others.mode}${others.table === null ? '' : ` on \`${others.table}\``}`;
    yield {
      at: statement.start,
      message: `${what} without a ${setting}: ${why}`,
      help: `Put \`SET ${setting} = '${setting === 'lock_timeout' ? '1s' : '5s'}';\` before it, and let the migration be tried again when it gives up.${last === undefined ? '' : ' SET LOCAL holds only in a transaction and until its end; 0 means no time-out.'}`,
    };
    return;
  }
}

interface Setting {
  readonly value: 'on' | 'off';
  /** Until the end of the transaction, and without any effect outside of one. */
  readonly local: boolean;
}

/** What a statement does to a time-out; null when it does nothing to it. */
function settingOf({ kind, node }: Statement, setting: string): Setting | null {
  if (kind !== 'VariableSetStmt') return null;
  const set = as(node, 'VariableSetStmt');
  const resets = set?.kind === 'VAR_RESET_ALL';
  if (set === undefined || (!resets && set.name?.toLowerCase() !== setting)) return null;
  const value = as(set.args?.[0], 'A_Const');
  const text = value?.sval?.sval ?? value?.fval?.fval ?? String(value?.ival?.ival ?? 0);
  const on = set.kind === 'VAR_SET_VALUE' && Number.parseFloat(text) !== 0;
  return { value: on ? 'on' : 'off', local: set.is_local === true };
}

function endsTransaction({ kind, node }: Statement): boolean {
  if (kind !== 'TransactionStmt') return false;
  const change = as(node, 'TransactionStmt')?.kind;
  return change === 'TRANS_STMT_COMMIT' || change === 'TRANS_STMT_ROLLBACK';
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
