import type { GateIo } from '../../core/gate/gate.ts';
import { readChanges } from './changes/read.ts';
import { breakagesOf } from './contracts/breakages.ts';
import { noContracts, type ReadContracts, readContracts } from './contracts/read.ts';
import { readCypher } from './cypher/read.ts';
import { dryRun } from './dry-run/rehearsal.ts';
import type { Migration, MigrationsFacts } from './facts.ts';
import { readLayout } from './layout.ts';
import type { MigrationsOptions } from './options.ts';
import { inOrder, outOfOrder } from './order.ts';
import { parseSection } from './sql/parse.ts';

/** Reads and parses the migrations, compares them with the base and runs them on a throw-away server. */
export async function collectMigrations(options: MigrationsOptions, io: GateIo): Promise<MigrationsFacts> {
  const paths = inOrder(await io.files.list(options.paths)).filter(isMigration);
  const basePaths = ((await io.baseFiles?.list(options.paths)) ?? []).filter(isMigration);
  const migrations: Migration[] = [];
  for (const path of paths) {
    const migration = await readMigration(path, options, io);
    if (migration !== null) migrations.push(migration);
  }
  const here = new Set(paths);
  const { changes, problems } = await readChanges(options.changes, io.files);
  const base =
    io.baseFiles === undefined ? { changes: [] } : await readChanges(options.changes, io.baseFiles);
  return {
    hasBase: io.baseFiles !== undefined,
    migrations,
    outOfOrder: outOfOrder(
      paths.filter((path) => !basePaths.includes(path)),
      basePaths,
    ),
    removed: basePaths.filter((path) => !here.has(path)),
    dryRun: await dryRun(options, { migrations, changes }, io),
    contracts: await contractsAtStake(options, migrations, io),
    cypher: await readCypher(options.cypher_paths, io),
    changes,
    baseChanges: base.changes,
    changeProblems: problems,
  };
}

/** Helpers lie beside migration scripts; tools run only those whose name begins with a number. */
function isMigration(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith('.sql') || (/^\d{3,}/.test(name) && !/\.d\.[cm]?ts$/.test(name));
}

/** The code of the base is read only when something under test could break it. */
async function contractsAtStake(
  options: MigrationsOptions,
  migrations: readonly Migration[],
  io: GateIo,
): Promise<ReadContracts> {
  if (io.baseFiles === undefined || breakagesOf(migrations).length === 0) return noContracts;
  return readContracts(options.contracts, io.baseFiles);
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
