import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { ConflictError } from '../../core/errors.ts';
import { type Database, lockName } from './pool.ts';
import type { Transaction } from './sql.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/**
 * Brings the schema up to date: each numbered file once, in order, all in one transaction, one process at a
 * time. Returns the names of those applied now.
 *
 * @throws ConflictError when an applied file was edited, or the database is newer than this program.
 */
export async function migrate(database: Database, folder?: URL): Promise<readonly string[]> {
  const migrations = await readMigrations(folder ?? new URL('./migrations/', import.meta.url));
  return database.transaction(async (tx) => {
    await lockName(tx, 'release-conductor/migrations');
    await tx.query(
      `create table if not exists schema_migrations (
         name text primary key, sha256 text not null, applied_at timestamptz not null default now())`,
    );
    const pending = pendingMigrations(migrations, await readApplied(tx));
    for (const { name, sql, sha256 } of pending) {
      await tx.query(sql);
      await tx.query('insert into schema_migrations (name, sha256) values ($1, $2)', [name, sha256]);
    }
    return pending.map(({ name }) => name);
  });
}

async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function readApplied(tx: Transaction): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.query<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migrations',
  );
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

function pendingMigrations(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] {
  const known = new Map(migrations.map(({ name, sha256 }) => [name, sha256]));
  for (const [name, sha256] of applied) {
    if (!known.has(name)) {
      throw new ConflictError(
        'SCHEMA_NEWER',
        `The database has migration ${name}, which this version does not know`,
        'Run the version that made it, or a newer one; going back needs a restored backup.',
      );
    }
    if (known.get(name) !== sha256) {
      throw new ConflictError(
        'MIGRATION_EDITED',
        `Migration ${name} was changed after it had been applied to this database`,
        'Restore the file and put the change into a new numbered migration.',
      );
    }
  }
  return migrations.filter(({ name }) => !applied.has(name));
}
