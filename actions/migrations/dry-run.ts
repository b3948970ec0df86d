import type { GateIo } from '../../core/gate/gate.ts';
import type { ThrowawayDatabase } from '../../core/ports/database.ts';
import type { DryRun, DryRunProblem, Migration, ObservedStatement } from './facts.ts';
import { upFileOf } from './layout.ts';
import { observeLocks, visibleTables } from './observe-locks.ts';
import type { MigrationsOptions } from './options.ts';
import type { Lock } from './sql/locks.ts';
import { as } from './sql/nodes.ts';
import { outsideTransactionOnly } from './sql/outside.ts';
import type { Script, Statement } from './sql/parse.ts';

type Direction = DryRunProblem['direction'];

/**
 * Runs every migration on an empty throw-away Postgres, in order; then, for those under test, down in reverse
 * order and up again. Stops at the first statement that the server refuses: what comes after it would only fail
 * for that reason. Nothing runs when a file does not parse: the syntax error is the finding.
 */
export async function dryRun(
  options: MigrationsOptions,
  migrations: readonly Migration[],
  io: GateIo,
): Promise<DryRun> {
  if (options.dry_run === 'off') return { state: 'off', reason: 'dry_run is off in the config' };
  if (migrations.length === 0) return { state: 'off', reason: 'there are no migrations' };
  if (io.databases === undefined) {
    return { state: 'unavailable', reason: 'no Postgres server was given to run them on' };
  }
  if (migrations.some(({ scripts }) => scripts.some(({ syntaxError }) => syntaxError !== null))) {
    return { state: 'unavailable', reason: 'a migration does not parse' };
  }
  const database = await io.databases.create();
  try {
    return await new Rehearsal(database).play(await setupScripts(options, io), migrations);
  } finally {
    await database.close();
  }
}

async function setupScripts(
  options: MigrationsOptions,
  io: GateIo,
): Promise<{ path: string; sql: string }[]> {
  const scripts = [];
  for (const path of await io.files.list(options.dry_run_setup)) {
    const bytes = await io.files.read(path);
    if (bytes !== null) scripts.push({ path, sql: new TextDecoder().decode(bytes) });
  }
  return scripts;
}

/** One dry run. Collects what it sees; `ok` turns false with the first refusal. */
class Rehearsal {
  private readonly statements: ObservedStatement[] = [];
  private readonly problems: DryRunProblem[] = [];
  private readonly database: ThrowawayDatabase;

  constructor(database: ThrowawayDatabase) {
    this.database = database;
  }

  async play(
    setup: readonly { path: string; sql: string }[],
    migrations: readonly Migration[],
  ): Promise<DryRun> {
    const version = await this.database.query('SHOW server_version');
    for (const { path, sql } of setup) await this.attempt(path, 0, 'up', () => this.database.query(sql));
    const steps = stepsOf(migrations);
    const undone = steps.filter((step) => step.judged && step.down !== null).toReversed();
    const ok =
      (await this.runAll(steps.map((step) => ({ ...step, script: step.up, direction: 'up' as const })))) &&
      (await this.runAll(undone.map((step) => ({ ...step, script: step.down, direction: 'down' as const }))));
    if (ok) {
      const again = undone.toReversed();
      await this.runAll(again.map((step) => ({ ...step, script: step.up, direction: 'up again' as const })));
    }
    return {
      state: 'done',
      serverVersion: String(Object.values(version[0] ?? {})[0] ?? 'unknown'),
      statements: this.statements,
      problems: this.problems,
    };
  }

  private async runAll(
    runs: readonly { path: string; downPath: string; script: Script | null; direction: Direction }[],
  ): Promise<boolean> {
    for (const { path, downPath, script, direction } of runs) {
      const file = direction === 'down' ? downPath : path;
      if (script !== null && !(await this.runScript(file, script, direction))) return false;
    }
    return this.problems.length === 0;
  }

  private async runScript(path: string, script: Script, direction: Direction): Promise<boolean> {
    const wrapped =
      script.statements.length > 0 &&
      script.statements[0]?.transaction !== null &&
      script.transaction !== 'none';
    const visible = await visibleTables(this.database);
    if (wrapped) await this.database.query('BEGIN');
    for (const statement of script.statements) {
      const run = (): Promise<void> => this.runStatement({ path, script, statement, direction, visible });
      if (await this.attempt(path, statement.start, direction, run)) continue;
      await this.database.query('ROLLBACK');
      return false;
    }
    if (!wrapped) return true;
    return this.attempt(path, script.statements.at(-1)?.start ?? 0, direction, () =>
      this.database.query('COMMIT'),
    );
  }

  /** A statement that stands alone gets a transaction of its own where Postgres allows one: only so can its locks be seen. */
  private async runStatement(run: {
    readonly path: string;
    readonly script: Script;
    readonly statement: Statement;
    readonly direction: Direction;
    readonly visible: ReadonlySet<string>;
  }): Promise<void> {
    const { path, script, statement, direction, visible } = run;
    const sql = new TextDecoder().decode(script.text.subarray(statement.start, statement.end));
    const control = as(statement.node, 'TransactionStmt') !== undefined;
    const alone = statement.transaction === null && !control;
    const observable = !control && (!alone || outsideTransactionOnly(statement.node) === null);
    if (alone && observable) await this.database.query('BEGIN');
    const before = observable ? await observeLocks(this.database, visible) : [];
    await this.database.query(sql);
    const after = observable ? await observeLocks(this.database, visible) : null;
    if (alone && observable) await this.database.query('COMMIT');
    const isNew = (lock: Lock): boolean =>
      !before.some((old) => old.table === lock.table && old.mode === lock.mode);
    this.statements.push({ path, direction, index: statement.index, locks: after?.filter(isNew) ?? null });
  }

  private async attempt(
    path: string,
    at: number,
    direction: Direction,
    run: () => Promise<unknown>,
  ): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      this.problems.push({
        path,
        at,
        direction,
        message: error instanceof Error ? error.message : String(error),
        code: typeof code === 'string' ? code : null,
      });
      return false;
    }
  }
}

interface Step {
  readonly path: string;
  readonly downPath: string;
  readonly judged: boolean;
  readonly up: Script;
  readonly down: Script | null;
}

/** Pairs each way up with its way down, which may lie in the same file or in a file of its own. */
function stepsOf(migrations: readonly Migration[]): Step[] {
  const downs = new Map<string, { path: string; script: Script }>();
  for (const { path, scripts } of migrations) {
    const script = scripts.find((one) => one.direction === 'down' && one.statements.length > 0);
    if (script) downs.set(upFileOf(path) ?? path, { path, script });
  }
  return migrations.flatMap(({ path, scripts, judged }) => {
    const up = scripts.find((one) => one.direction === 'up');
    const down = downs.get(path);
    return up === undefined
      ? []
      : [{ path, downPath: down?.path ?? path, judged, up, down: down?.script ?? null }];
  });
}
