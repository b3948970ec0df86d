import type { ThrowawayDatabase } from '../../../core/ports/database.ts';
import type { DryRunProblem, ObservedStatement } from '../facts.ts';
import { withValues } from '../placeholders.ts';
import type { Lock } from '../sql/locks.ts';
import { as } from '../sql/nodes.ts';
import { outsideTransactionOnly } from '../sql/outside.ts';
import type { Script, Statement } from '../sql/parse.ts';
import { TimeIsUp } from './deadline.ts';
import { look, type Sight, visibleTables } from './observe.ts';

export type Direction = DryRunProblem['direction'];

/** One script as the runner is asked to play it. */
export interface Run {
  readonly path: string;
  readonly script: Script;
  readonly direction: Direction;
  /** Statements are watched one by one; without it they only run. */
  readonly watched: boolean;
}

const nothing: Sight = { locks: [], files: {}, scans: {} };

/** Runs scripts as their tool would, and writes down what each statement did and what the server refused. */
export class ScriptRunner {
  readonly statements: ObservedStatement[] = [];
  readonly problems: DryRunProblem[] = [];
  private readonly database: ThrowawayDatabase;
  private readonly now: () => number;
  private readonly placeholders: Readonly<Record<string, string>>;

  constructor(
    database: ThrowawayDatabase,
    now: () => number,
    placeholders: Readonly<Record<string, string>>,
  ) {
    this.database = database;
    this.now = now;
    this.placeholders = placeholders;
  }

  /** False when the server refused a statement: the rest of the script did not run. */
  async run({ path, script, direction, watched }: Run): Promise<boolean> {
    const first = script.statements[0];
    const wrapped = first !== undefined && first.transaction !== null && script.transaction !== 'none';
    const watch = new Watch(this.database, watched ? await visibleTables(this.database) : null);
    if (wrapped) await this.begin(watch);
    for (const statement of script.statements) {
      const one = (): Promise<void> => this.runStatement({ path, script, statement, direction, watch });
      if (await this.attempt(path, statement.start, direction, one)) continue;
      await this.database.query('ROLLBACK');
      return false;
    }
    const last = script.statements.at(-1)?.start ?? 0;
    return !wrapped || this.attempt(path, last, direction, () => this.database.query('COMMIT'));
  }

  /** False when the server refused; its words and its code are kept. */
  async attempt(
    path: string,
    at: number,
    direction: Direction,
    run: () => Promise<unknown>,
  ): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      if (error instanceof TimeIsUp) throw new TimeIsUp(`${error.message}, in ${path}`);
      const code = (error as { code?: unknown }).code;
      const message = error instanceof Error ? error.message : String(error);
      this.problems.push({ path, at, direction, message, code: typeof code === 'string' ? code : null });
      return false;
    }
  }

  /** A statement that stands alone gets a transaction of its own where Postgres allows one: only so can its locks be seen. */
  private async runStatement(run: {
    readonly path: string;
    readonly script: Script;
    readonly statement: Statement;
    readonly direction: Direction;
    readonly watch: Watch;
  }): Promise<void> {
    const { path, script, statement, direction, watch } = run;
    const text = new TextDecoder().decode(script.text.subarray(statement.start, statement.end));
    const sql = withValues(text, this.placeholders);
    const control = as(statement.node, 'TransactionStmt') !== undefined;
    const alone = statement.transaction === null && !control;
    const observable = !control && (!alone || outsideTransactionOnly(statement.node) === null);
    if (alone && observable) await this.begin(watch);
    const before = watch.sight;
    const started = this.now();
    await this.database.query(sql);
    const durationMs = this.now() - started;
    if (control && as(statement.node, 'TransactionStmt')?.kind !== 'TRANS_STMT_SAVEPOINT')
      await watch.begin();
    const after = observable ? await watch.step() : null;
    if (alone && observable) await this.database.query('COMMIT');
    const { index, start: at } = statement;
    this.statements.push({ path, direction, index, at, durationMs, ...difference(before, after) });
  }

  private async begin(watch: Watch): Promise<void> {
    await this.database.query('BEGIN');
    await watch.begin();
  }
}

/** What is known of the session's transaction. Nothing is asked of the server while nobody watches. */
class Watch {
  sight: Sight = nothing;
  private readonly database: ThrowawayDatabase;
  private readonly visible: ReadonlySet<string> | null;

  constructor(database: ThrowawayDatabase, visible: ReadonlySet<string> | null) {
    this.database = database;
    this.visible = visible;
  }

  async begin(): Promise<void> {
    await this.step();
    this.sight = { ...this.sight, locks: [] };
  }

  async step(): Promise<Sight | null> {
    if (this.visible === null) return null;
    this.sight = await look(this.database, this.visible);
    return this.sight;
  }
}

function difference(
  before: Sight,
  after: Sight | null,
): Pick<ObservedStatement, 'locks' | 'heldExclusive' | 'rewritten' | 'scanned'> {
  if (after === null) return { locks: null, heldExclusive: [], rewritten: [], scanned: [] };
  const isNew = (lock: Lock): boolean =>
    !before.locks.some((old) => old.table === lock.table && old.mode === lock.mode);
  const tables = Object.keys(after.files);
  return {
    locks: after.locks.filter(isNew),
    heldExclusive: before.locks.flatMap(({ mode, table }) =>
      mode === 'AccessExclusive' && table ? [table] : [],
    ),
    rewritten: tables.filter((table) => table in before.files && before.files[table] !== after.files[table]),
    scanned: tables.filter((table) => (after.scans[table] ?? 0) > (before.scans[table] ?? 0)),
  };
}
