import type { GateIo } from '../../core/gate/gate.ts';
import { readAtlasSums } from './atlas-sum.ts';
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
    foreign: await foreignMigrations(options, io),
    removed: basePaths.filter((path) => !here.has(path)),
    dryRun: await dryRun(options, { migrations, changes }, io),
    contracts: await contractsAtStake(options, migrations, io),
    cypher: await readCypher(options.cypher_paths, io),
    changes,
    baseChanges: base.changes,
    changeProblems: problems,
    atlasSums: await readAtlasSums(paths, io.files),
  };
}

/** Helpers lie beside migration scripts; tools run only those whose name begins with a number. */
function isMigration(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith('.sql') || (/^\d{3,}/.test(name) && !/\.d\.[cm]?ts$/.test(name));
}

/** Helpers lie beside programs as well; Alembic and Liquibase alone number nothing. */
function isNumbered(path: string): boolean {
  return /(?:^|\/)(?:\d{3,}|V\d)[^/]*$/.test(path) || /\/(?:versions|changelog)\//.test(path);
}

/** Those that are new or changed against the base. */
async function foreignMigrations(
  { foreign_paths }: MigrationsOptions,
  { files, baseFiles }: GateIo,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of (await files.list(foreign_paths)).filter(isNumbered)) {
    const [now, before] = [await files.read(path), (await baseFiles?.read(path)) ?? null];
    if (now !== null && (before === null || Buffer.compare(before, now) !== 0)) found.push(path);
  }
  return found;
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

async function readText(files: GateIo['files'], path: string): Promise<string | null> {
  const bytes = await files.read(path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
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
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const { layout, sections } = readLayout(path, bytes, {
    layout: options.layout,
    assumeInTransaction: options.assume_in_transaction,
    atlas: (await io.files.read(`${folder}atlas.sum`)) !== null,
    flywayConfig: await readText(io.files, `${path}.conf`),
  });
  const scripts = await Promise.all(sections.map(parseSection));
  return { path, layout, bytes, scripts, judged: !same, edited: before !== null && !same };
}
