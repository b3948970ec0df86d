import type { GateIo } from '../../core/gate/gate.ts';
import { dryRun } from './dry-run.ts';
import type { Migration, MigrationsFacts } from './facts.ts';
import { readLayout } from './layout.ts';
import type { MigrationsOptions } from './options.ts';
import { inOrder } from './order.ts';
import { parseSection } from './sql/parse.ts';

/** Reads and parses the migrations, compares them with the base and runs them on a throw-away server. */
export async function collectMigrations(options: MigrationsOptions, io: GateIo): Promise<MigrationsFacts> {
  const paths = inOrder(await io.files.list(options.paths));
  const basePaths = (await io.baseFiles?.list(options.paths)) ?? [];
  const migrations: Migration[] = [];
  for (const path of paths) {
    const migration = await readMigration(path, options, io);
    if (migration !== null) migrations.push(migration);
  }
  const here = new Set(paths);
  return {
    hasBase: io.baseFiles !== undefined,
    migrations,
    removed: basePaths.filter((path) => !here.has(path)),
    dryRun: await dryRun(options, migrations, io),
  };
}

async function readMigration(
  path: string,
  options: MigrationsOptions,
  io: GateIo,
): Promise<Migration | null> {
  const bytes = await io.files.read(path);
  if (bytes === null) return null;
  const before = (await io.baseFiles?.read(path)) ?? null;
  const same = before !== null && Buffer.compare(before, bytes) === 0;
  const { layout, sections } = readLayout(path, bytes, {
    layout: options.layout,
    assumeInTransaction: options.assume_in_transaction,
  });
  const scripts = await Promise.all(sections.map(parseSection));
  return { path, layout, bytes, scripts, judged: !same, edited: before !== null && !same };
}
