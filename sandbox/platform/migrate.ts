import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { ProviderError } from '../../core/errors.ts';

/**
 * Brings an environment's database to the migrations of a release, as the service's deployment would: files in
 * `migrations/` in order of their names, each once, in goose's form. Every environment has a schema of its own.
 * Throws `ProviderError` with the file that failed; that file's transaction is undone.
 */
export async function migrate(
  databaseUrl: string,
  environment: string,
  directory: string,
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${client.escapeIdentifier(environment)}`);
    await client.query(`SET search_path TO ${client.escapeIdentifier(environment)}`);
    await client.query(
      'CREATE TABLE IF NOT EXISTS applied_migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string }>('SELECT name FROM applied_migrations');
    const done = new Set(rows.map((row) => row.name));
    const pending = (await migrationFiles(directory)).filter((name) => !done.has(name));
    for (const name of pending)
      await apply(client, name, await readFile(join(directory, 'migrations', name), 'utf8'));
    return pending;
  } finally {
    await client.end();
  }
}

async function migrationFiles(directory: string): Promise<string[]> {
  const names = await readdir(join(directory, 'migrations')).catch((): string[] => []);
  return names.filter((name) => name.endsWith('.sql')).sort();
}

async function apply(client: pg.Client, name: string, text: string): Promise<void> {
  const isTransactional = !/^--\s*\+goose NO TRANSACTION/m.test(text);
  try {
    if (isTransactional) await client.query('BEGIN');
    for (const statement of upStatements(text)) await client.query(statement);
    await client.query('INSERT INTO applied_migrations (name) VALUES ($1)', [name]);
    if (isTransactional) await client.query('COMMIT');
  } catch (cause) {
    if (isTransactional) await client.query('ROLLBACK');
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProviderError('MIGRATION_FAILED', `migrations/${name}: ${reason}`, 'correct the migration', {
      retryable: false,
      cause,
    });
  }
}

/** The statements between `+goose Up` and `+goose Down`; one ends with a semicolon at the end of a line. */
export function upStatements(text: string): string[] {
  const up = /^--\s*\+goose Up\s*$([\s\S]*?)(?=^--\s*\+goose Down\s*$|(?![\s\S]))/m.exec(text)?.[1] ?? '';
  return up
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
