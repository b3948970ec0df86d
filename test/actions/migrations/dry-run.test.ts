import { afterAll, describe, expect, it } from 'vitest';
import { migrationsGate } from '../../../actions/migrations/gate.ts';
import { runGate } from '../../../actions/run-gate.ts';
import { throwawayDatabases } from '../../../adapters/embedded-postgres/index.ts';
import type { GateResult } from '../../../core/gate/result.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { memoryIo } from '../../support/memory-io.ts';

const databases = throwawayDatabases({ log: silentLog });
afterAll(() => databases.close());

const quiet = { exclude_rules: ['require-lock-timeout', 'require-statement-timeout'] };

async function judge(
  files: Readonly<Record<string, string>>,
  options: object = {},
  base?: Readonly<Record<string, string>>,
): Promise<{ result: GateResult; plan: Plan }> {
  const { result, files: evidence } = await runGate(migrationsGate, {
    rawOptions: { ...quiet, ...options },
    subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/x' },
    io: memoryIo(files, { base, databases }),
    configSha256: 'c'.repeat(64),
    tool: { name: 'release-conductor', version: '0.0.0' },
  });
  return { result, plan: JSON.parse(new TextDecoder().decode(evidence[0]?.bytes)) as Plan };
}

interface Plan {
  readonly migrations: readonly {
    readonly path: string;
    readonly sections: readonly {
      readonly direction: string;
      readonly statements: readonly {
        readonly line: number;
        readonly observed_locks?: readonly { mode: string; table: string }[];
      }[];
    }[];
  }[];
  readonly dry_run: { readonly state: string; readonly statements: number };
}

const codesOf = (result: GateResult): string[] => result.findings.map(({ code }) => code);

describe('a dry run on a real Postgres', () => {
  it('applies, undoes and applies again what is under test', async () => {
    const { result, plan } = await judge({
      'migrations/1_users.sql':
        '-- +goose Up\nCREATE TABLE users (id bigint PRIMARY KEY);\n-- +goose Down\nDROP TABLE users;\n',
      'migrations/2_note.sql':
        '-- +goose Up\nALTER TABLE users ADD COLUMN note text;\n-- +goose Down\nALTER TABLE users DROP COLUMN note;\n',
    });
    expect(result.verdict).toBe('pass');
    expect(result.summary).toMatch(/applied on Postgres \d+/);
    expect(plan.dry_run).toMatchObject({ state: 'done', statements: 6 });
  });

  it('reports the statement that fails, at its line', async () => {
    const { result } = await judge({
      'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n',
      'migrations/2_index.sql': "-- é\nSELECT 'é';\n\nALTER TABLE accounts ADD COLUMN note text;\n",
    });
    const failure = result.findings.find(({ code }) => code === 'dry-run-failed');
    expect(result.verdict).toBe('fail');
    expect(failure).toMatchObject({ path: 'migrations/2_index.sql', line: 4 });
  });

  it('names the error of the server', async () => {
    const { result } = await judge({ 'migrations/1_note.sql': 'ALTER TABLE users ADD COLUMN note text;\n' });
    expect(result.findings).toContainEqual(
      expect.objectContaining({
        code: 'dry-run-failed',
        line: 1,
        message: expect.stringContaining('relation "users" does not exist (SQLSTATE 42P01)') as string,
      }),
    );
  });

  it('runs a schema dump first when the config names one', async () => {
    const { result } = await judge(
      {
        'schema.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n',
        'migrations/1_note.sql': 'ALTER TABLE users ADD COLUMN note text;\n',
      },
      { dry_run_setup: ['schema.sql'] },
    );
    expect(result.verdict).toBe('pass');
  });

  it('sees the locks that a statement holds on tables others can see, and on no others', async () => {
    const { plan } = await judge({
      'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n',
      'migrations/2_orders.sql':
        'BEGIN;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\nCREATE INDEX ON orders (user_id);\nCOMMIT;\n',
    });
    const statements = plan.migrations[1]?.sections[0]?.statements ?? [];
    expect(statements[1]?.observed_locks).toEqual(
      expect.arrayContaining([{ mode: 'ShareRowExclusive', table: 'users' }]),
    );
    expect(
      statements.flatMap((one) => one.observed_locks ?? []).filter(({ table }) => table === 'orders'),
    ).toEqual([]);
  });

  it('runs what may not run in a transaction outside of one', async () => {
    const { result } = await judge({
      'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n',
      'migrations/2_index.sql': 'CREATE INDEX CONCURRENTLY users_email ON users (email);\n',
    });
    expect(codesOf(result)).toEqual(['irreversible', 'irreversible']);
    expect(result.verdict).toBe('pass');
  });

  it('says when the way down fails', async () => {
    const { result } = await judge({
      'migrations/1_users.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n',
      'migrations/1_users.down.sql': 'DROP TABLE accounts;\n',
    });
    expect(result.findings).toContainEqual(
      expect.objectContaining({ code: 'down-failed', path: 'migrations/1_users.down.sql', line: 1 }),
    );
  });

  it('says when the way down leaves something behind', async () => {
    const { result } = await judge({
      'migrations/1_users.up.sql':
        'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE logs (id bigint);\n',
      'migrations/1_users.down.sql': 'DROP TABLE users;\n',
    });
    expect(codesOf(result)).toContain('redo-failed');
  });

  it('applies what the base has already, but undoes only what is new', async () => {
    const base = {
      'migrations/1_users.sql':
        '-- +goose Up\nCREATE TABLE users (id bigint);\n-- +goose Down\nSELECT broken;\n',
    };
    const { result } = await judge(
      {
        ...base,
        'migrations/2_note.sql':
          '-- +goose Up\nALTER TABLE users ADD COLUMN note text;\n-- +goose Down\nALTER TABLE users DROP COLUMN note;\n',
      },
      {},
      base,
    );
    expect(result.verdict).toBe('pass');
  });

  it('leaves nothing on the server when a migration is broken', async () => {
    await judge({ 'migrations/1.sql': 'BEGIN;\nCREATE TABLE a (id bigint);\nSELECT 1/0;\nCOMMIT;\n' });
    const database = await databases.create();
    const rows = await database.query(
      "SELECT count(*)::int AS count FROM pg_database WHERE datname LIKE 't\\_%'",
    );
    await database.close();
    expect(rows).toEqual([{ count: 1 }]);
  });
});
