import type { GateIo } from '../../../core/gate/gate.ts';
import { globMatcher } from '../../../core/gate/glob.ts';
import type { ThrowawayDatabase } from '../../../core/ports/database.ts';
import { type ChangeProof, proveChanges } from '../changes/prove.ts';
import type { SchemaChange } from '../changes/read.ts';
import type { DryRun, Migration, Reversal } from '../facts.ts';
import { hasPlaceholders } from '../layout-sections.ts';
import type { MigrationsOptions } from '../options.ts';
import { placeholdersIn } from '../placeholders.ts';
import { unreadIn } from '../script-layout.ts';
import { latin1 } from '../sql/latin1.ts';
import { serverAccess } from '../sql/server-access.ts';
import { type Catalogue, compareCatalogues, type Difference, readCatalogue } from './catalogue.ts';
import { TimeIsUp, withDeadline } from './deadline.ts';
import { invalidIndexes, unindexedForeignKeys } from './observe.ts';
import { ScriptRunner } from './runner.ts';
import { type Step, stepsOf, undoable } from './steps.ts';
import { readTenantTables, type TenantTable } from './tenants.ts';

interface Rehearsed {
  readonly migrations: readonly Migration[];
  readonly changes: readonly SchemaChange[];
}

/**
 * Runs every migration on a throw-away Postgres, in order; then, for those under test, down in reverse order and
 * up again, comparing the catalogue each time. Stops at the first statement that the server refuses: what comes
 * after it would only fail for that reason. Nothing runs when a file does not parse: the syntax error is the
 * finding.
 */
export async function dryRun(options: MigrationsOptions, facts: Rehearsed, io: GateIo): Promise<DryRun> {
  const { migrations } = facts;
  if (options.dry_run === 'off') return { state: 'off', reason: 'dry_run is off in the config' };
  if (migrations.length === 0) return { state: 'off', reason: 'there are no migrations' };
  if (io.databases === undefined) {
    return { state: 'unavailable', reason: 'no Postgres server was given to run them on' };
  }
  if (migrations.some(({ scripts }) => scripts.some(({ syntaxError }) => syntaxError !== null))) {
    return { state: 'unavailable', reason: 'a migration does not parse' };
  }
  const scripts = migrations.filter(({ layout }) => layout === 'knex').map(({ bytes }) => unreadIn(bytes));
  if (scripts.some(({ builds, interpolates }) => builds || interpolates)) {
    return { state: 'unavailable', reason: 'a migration script builds its SQL when it runs' };
  }
  const unknown = migrations.flatMap(({ layout, bytes }) =>
    hasPlaceholders(layout, bytes) ? placeholdersIn(latin1(bytes)) : [],
  );
  const open = unknown.find((name) => !Object.hasOwn(options.placeholders, name));
  if (open !== undefined) {
    return { state: 'unavailable', reason: `gates.migrations.placeholders gives \${${open}} no value` };
  }
  const reach = migrations.flatMap(({ scripts }) => scripts.flatMap(serverAccess))[0];
  if (reach !== undefined) {
    return {
      state: 'unavailable',
      reason: `${reach.what} would act on the server itself, and is never executed`,
    };
  }
  const copyOf = options.restored_copy;
  const database = await io.databases.create(copyOf === undefined ? {} : { copyOf });
  try {
    const limited = withDeadline(database, options.dry_run_timeout_ms);
    return await new Rehearsal(limited, options, io).play(await setupScripts(options, io), facts);
  } catch (error) {
    if (error instanceof TimeIsUp) return { state: 'stopped', reason: error.message };
    throw error;
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

/** The state that the change leaves behind. */
interface Inspection {
  readonly invalidIndexes: readonly string[];
  readonly unindexedForeignKeys: readonly string[];
  readonly tenants: readonly TenantTable[] | null;
}

/** One dry run, from the setup to the last comparison. */
class Rehearsal {
  private readonly database: ThrowawayDatabase;
  private readonly options: MigrationsOptions;
  private readonly runner: ScriptRunner;
  private readonly proofs: ChangeProof[] = [];
  /** The catalogue before each migration under test. */
  private readonly before = new Map<Step, Catalogue>();
  /** Foreign keys without an index that were there before the change. */
  private knownUnindexed: readonly string[] = [];

  constructor(database: ThrowawayDatabase, options: MigrationsOptions, io: GateIo) {
    this.database = database;
    this.options = options;
    this.runner = new ScriptRunner(database, () => io.clock.now(), options.placeholders);
  }

  async play(
    setup: readonly { path: string; sql: string }[],
    { migrations, changes }: Rehearsed,
  ): Promise<DryRun> {
    const version = await this.database.query('SHOW server_version');
    const steps = stepsOf(migrations);
    const applied =
      (await this.setUp(setup)) && (await this.applyAll(steps, changes)) && this.runner.problems.length === 0;
    const seen = applied
      ? await this.inspect(changes)
      : { invalidIndexes: [], unindexedForeignKeys: [], tenants: null };
    const { reversals, redo } = applied
      ? await this.undoAndRedo(undoable(steps))
      : { reversals: [], redo: null };
    return {
      state: 'done',
      serverVersion: String(Object.values(version[0] ?? {})[0] ?? 'unknown'),
      restoredCopy: this.options.restored_copy !== undefined,
      statements: this.runner.statements,
      problems: this.runner.problems,
      ...seen,
      reversals,
      redo,
      proofs: this.proofs,
    };
  }

  private async setUp(setup: readonly { path: string; sql: string }[]): Promise<boolean> {
    for (const { path, sql } of setup) {
      if (!(await this.runner.attempt(path, 0, 'up', () => this.database.query(sql)))) return false;
    }
    return true;
  }

  /** A restored copy has what the base has; only what is new is applied to it. */
  private async applyAll(steps: readonly Step[], changes: readonly SchemaChange[]): Promise<boolean> {
    const chosen = this.options.restored_copy === undefined ? steps : steps.filter(({ judged }) => judged);
    for (const step of chosen) {
      if (step.judged && this.before.size === 0) {
        await this.prove(changes, 'before');
        this.knownUnindexed = await unindexedForeignKeys(this.database);
      }
      if (step.judged) this.before.set(step, await readCatalogue(this.database));
      const { path, up: script, judged: watched } = step;
      if (!(await this.runner.run({ path, script, direction: 'up', watched }))) return false;
    }
    return true;
  }

  private async inspect(changes: readonly SchemaChange[]): Promise<Inspection> {
    await this.prove(changes, 'after');
    const { tenant } = this.options;
    return {
      invalidIndexes: await invalidIndexes(this.database),
      unindexedForeignKeys: (await unindexedForeignKeys(this.database)).filter(
        (name) => !this.knownUnindexed.includes(name),
      ),
      tenants:
        tenant === undefined
          ? null
          : await readTenantTables(this.database, tenant.column, globMatcher(tenant.tables)),
    };
  }

  private async undoAndRedo(
    steps: readonly Step[],
  ): Promise<{ reversals: readonly Reversal[]; redo: readonly Difference[] | null }> {
    const reversals: Reversal[] = [];
    const full = await readCatalogue(this.database);
    for (const step of steps) {
      if (step.down === null) continue;
      const { path, downPath, down: script } = step;
      const ran = await this.runner.run({ path: downPath, script, direction: 'down', watched: true });
      if (!ran) return { reversals, redo: null };
      const before = this.before.get(step) ?? new Map();
      const differences = compareCatalogues(before, await readCatalogue(this.database));
      reversals.push({ path, downPath, differences });
    }
    if (reversals.length === 0) return { reversals, redo: null };
    for (const { path, up: script } of steps.toReversed()) {
      const ran = await this.runner.run({ path, script, direction: 'up again', watched: false });
      if (!ran) return { reversals, redo: null };
    }
    return { reversals, redo: compareCatalogues(full, await readCatalogue(this.database)) };
  }

  private async prove(changes: readonly SchemaChange[], when: 'before' | 'after'): Promise<void> {
    this.proofs.push(...(await proveChanges(this.database, changes, when)));
  }
}
