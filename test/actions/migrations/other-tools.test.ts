import { describe, expect, it } from 'vitest';
import { judge } from './judged.ts';

/** A table that is in use, with everything that the statements below need. */
const base = {
  'migrations/0001_base.sql': `CREATE SCHEMA crm;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE users (id bigint PRIMARY KEY, name text, email text, age integer, data jsonb);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX users_email ON users (email);
CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders;`,
};

const optIn = [
  'adding-unique-index',
  'ban-drop-constraint',
  'column-alignment',
  'combine-alter-table',
  'creating-enum',
  'creating-trigger',
  'index-too-wide',
];

async function codesOf(sql: string, options: object = {}): Promise<readonly string[]> {
  const files = { ...base, 'migrations/0002_change.sql': sql };
  const { codes } = await judge({ files, base, options: { include_rules: optIn, ...options } });
  return codes.filter((code) => code !== 'irreversible');
}

const txn = (...statements: readonly string[]): string => ['BEGIN', ...statements, 'COMMIT', ''].join(';\n');

/** What each tool calls it, our code, a statement that must be found and the safe way that must not be. */
const rows: readonly (readonly [tool: string, code: string, bad: string, good: string])[] = [
  [
    'strong_migrations: removing a column',
    'ban-drop-column',
    'ALTER TABLE users DROP COLUMN name;',
    'ALTER TABLE users ALTER COLUMN name DROP DEFAULT;',
  ],
  [
    'strong_migrations: changing the type of a column',
    'changing-column-type',
    'ALTER TABLE users ALTER COLUMN age TYPE bigint;',
    'ALTER TABLE users ADD COLUMN age_new bigint;',
  ],
  [
    'strong_migrations: renaming a column',
    'renaming-column',
    'ALTER TABLE users RENAME COLUMN name TO full_name;',
    'ALTER TABLE users ADD COLUMN full_name text;',
  ],
  [
    'strong_migrations: renaming a table',
    'renaming-table',
    'ALTER TABLE users RENAME TO people;',
    'CREATE TABLE people (id bigint PRIMARY KEY);',
  ],
  [
    'strong_migrations: renaming a schema',
    'renaming-schema',
    'ALTER SCHEMA crm RENAME TO sales;',
    'CREATE SCHEMA sales;',
  ],
  [
    'strong_migrations: renaming an enum value',
    'renaming-enum-value',
    "ALTER TYPE mood RENAME VALUE 'sad' TO 'unhappy';",
    "ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok';",
  ],
  [
    'strong_migrations: creating a table with the force option',
    'ban-drop-table',
    'DROP TABLE IF EXISTS orders CASCADE;\nCREATE TABLE orders (id bigint PRIMARY KEY);',
    'CREATE TABLE IF NOT EXISTS orders_new (id bigint PRIMARY KEY);',
  ],
  [
    'strong_migrations: adding an auto-incrementing column',
    'adding-auto-increment-field',
    'ALTER TABLE users ADD COLUMN number bigserial;',
    'CREATE TABLE numbered (number bigserial PRIMARY KEY);',
  ],
  [
    'strong_migrations: adding a stored generated column',
    'adding-field-with-default',
    'ALTER TABLE users ADD COLUMN lower_name text GENERATED ALWAYS AS (lower(name)) STORED;',
    'ALTER TABLE users ADD COLUMN lower_name text;',
  ],
  [
    'strong_migrations: adding a column with a volatile default value',
    'adding-field-with-default',
    'ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();',
    "ALTER TABLE users ADD COLUMN label text DEFAULT concat('a', 'b');",
  ],
  [
    'strong_migrations: adding a reference',
    'adding-foreign-key-constraint',
    'ALTER TABLE orders ADD COLUMN buyer_id bigint REFERENCES users (id);',
    'ALTER TABLE orders ADD COLUMN buyer_id bigint;',
  ],
  [
    'strong_migrations: adding a check constraint',
    'constraint-missing-not-valid',
    'ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17);',
    'ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;',
  ],
  [
    'strong_migrations: adding a unique constraint',
    'disallowed-unique-constraint',
    'ALTER TABLE users ADD CONSTRAINT one_name UNIQUE (name);',
    'ALTER TABLE users ADD CONSTRAINT one_name UNIQUE USING INDEX users_name;',
  ],
  [
    'strong_migrations: adding an exclusion constraint',
    'adding-exclusion-constraint',
    'ALTER TABLE users ADD CONSTRAINT apart EXCLUDE (name WITH =);',
    'CREATE TABLE rooms (name text, EXCLUDE (name WITH =));',
  ],
  [
    'strong_migrations: adding a json column',
    'prefer-jsonb',
    'ALTER TABLE users ADD COLUMN more json;',
    'ALTER TABLE users ADD COLUMN more jsonb;',
  ],
  [
    'strong_migrations: adding an index non-concurrently',
    'require-concurrent-index-creation',
    'CREATE INDEX users_name ON users (name);',
    'CREATE INDEX CONCURRENTLY users_name ON users (name);',
  ],
  [
    'strong_migrations: removing an index non-concurrently',
    'require-concurrent-index-deletion',
    'DROP INDEX users_email;',
    'DROP INDEX CONCURRENTLY users_email;',
  ],
  [
    'strong_migrations: non-unique indexes of three columns or less',
    'index-too-wide',
    'CREATE INDEX CONCURRENTLY wide ON users (name, email, age, id);',
    'CREATE UNIQUE INDEX CONCURRENTLY wide ON users (name, email, age, id);',
  ],
  [
    'strong_migrations: setting NOT NULL on an existing column',
    'adding-not-nullable-field',
    'ALTER TABLE users ALTER COLUMN name SET NOT NULL;',
    'ALTER TABLE users ADD CONSTRAINT name_there CHECK (name IS NOT NULL) NOT VALID;',
  ],
  [
    'strong_migrations: backfilling data',
    'unbounded-write',
    "UPDATE users SET name = 'x';",
    "UPDATE users SET name = 'x' WHERE id BETWEEN 1 AND 1000;",
  ],
  [
    'strong_migrations: executing SQL directly',
    'do-block-not-judged',
    "DO $$ BEGIN EXECUTE 'ALTER TABLE users DROP COLUMN ' || 'name'; END $$;",
    'ALTER TABLE users ADD COLUMN x text;',
  ],
  [
    'eugene E4: more statements while a lock is held',
    'statement-under-exclusive-lock',
    txn('ALTER TABLE users ADD COLUMN x text', "UPDATE users SET x = 'y' WHERE id = 1"),
    "ALTER TABLE users ADD COLUMN x text;\nUPDATE users SET x = 'y' WHERE id = 1;",
  ],
  [
    'eugene E4: a query while a lock is held',
    'statement-under-exclusive-lock',
    txn('ALTER TABLE users ADD COLUMN x text', 'SELECT count(*) FROM users'),
    txn('SELECT count(*) FROM users', 'ALTER TABLE users ADD COLUMN x text'),
  ],
  [
    'eugene E10: a second table is locked while the first one is',
    'statement-under-exclusive-lock',
    txn('ALTER TABLE users ADD COLUMN x text', 'ALTER TABLE orders ADD COLUMN x text'),
    txn(
      'ALTER TABLE users ADD COLUMN x text',
      'CREATE TABLE made (id bigint)',
      'INSERT INTO made VALUES (1)',
    ),
  ],
  [
    'eugene W12: several ALTER TABLE',
    'combine-alter-table',
    'ALTER TABLE users ADD COLUMN a text;\nALTER TABLE users ADD COLUMN b text;',
    'ALTER TABLE users ADD COLUMN a text, ADD COLUMN b text;',
  ],
  [
    'eugene W13: an enum',
    'creating-enum',
    "CREATE TYPE size AS ENUM ('s', 'l');",
    'CREATE TABLE sizes (name text PRIMARY KEY);',
  ],
  [
    'eugene W14: a primary key from an index on a nullable column',
    'primary-key-using-index',
    'CREATE UNIQUE INDEX CONCURRENTLY k ON orders (user_id);\nALTER TABLE orders ADD CONSTRAINT k PRIMARY KEY USING INDEX k;',
    'CREATE UNIQUE INDEX CONCURRENTLY k ON users (id);\nALTER TABLE users ADD CONSTRAINT k PRIMARY KEY USING INDEX k;',
  ],
  ['Atlas DS101: a schema is dropped', 'ban-drop-schema', 'DROP SCHEMA crm;', 'CREATE SCHEMA more;'],
  ['Atlas DS102: a table is dropped', 'ban-drop-table', 'DROP TABLE orders;', 'DROP VIEW IF EXISTS v;'],
  [
    'Atlas MF101: a unique index on existing columns',
    'adding-unique-index',
    'CREATE UNIQUE INDEX CONCURRENTLY u ON users (name);',
    'CREATE TABLE t (a text);\nCREATE UNIQUE INDEX u ON t (a);',
  ],
  [
    'Atlas MF103: a column that may not be null',
    'adding-required-field',
    'ALTER TABLE users ADD COLUMN x text NOT NULL;',
    "ALTER TABLE users ADD COLUMN x text NOT NULL DEFAULT 'none';",
  ],
  [
    'Atlas CD101, CD102, CD103: a constraint is dropped',
    'ban-drop-constraint',
    'ALTER TABLE users DROP CONSTRAINT users_pkey;',
    'CREATE TABLE t (a text CONSTRAINT c CHECK (a <> $$$$));\nALTER TABLE t DROP CONSTRAINT c;',
  ],
  [
    'Atlas PG103: CONCURRENTLY in a transaction',
    'ban-concurrent-index-creation-in-transaction',
    txn('CREATE INDEX CONCURRENTLY i ON users (name)'),
    'CREATE INDEX CONCURRENTLY i ON users (name);',
  ],
  [
    'Atlas PG104: a primary key is built',
    'adding-serial-primary-key-field',
    'ALTER TABLE orders ADD PRIMARY KEY (user_id);',
    'CREATE TABLE t (id bigint PRIMARY KEY);',
  ],
  [
    'Atlas PG110: columns in an unlucky order',
    'column-alignment',
    'CREATE TABLE t (a boolean, b bigint, c boolean, d bigint);',
    'CREATE TABLE t (b bigint, d bigint, a boolean, c boolean);',
  ],
  [
    'Atlas PG306: a foreign key scans both tables',
    'constraint-missing-not-valid',
    'ALTER TABLE orders ADD CONSTRAINT buyer FOREIGN KEY (user_id) REFERENCES users (id);',
    'ALTER TABLE orders ADD CONSTRAINT buyer FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;',
  ],
  [
    'Atlas PG307: a table becomes unlogged',
    'rewriting-table',
    'ALTER TABLE users SET UNLOGGED;',
    'CREATE TABLE t (a text);\nALTER TABLE t SET UNLOGGED;',
  ],
  [
    'Atlas PG308: a trigger is created',
    'creating-trigger',
    'CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();',
    'CREATE TABLE t (a text);\nCREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();',
  ],
  [
    'Atlas PG309: a stored generated column',
    'adding-field-with-default',
    'ALTER TABLE users ADD COLUMN twice integer GENERATED ALWAYS AS (age * 2) STORED;',
    'ALTER TABLE users ADD COLUMN twice integer GENERATED ALWAYS AS (age * 2) VIRTUAL;',
  ],
  [
    'Atlas PG310: an identity column',
    'adding-field-with-default',
    'ALTER TABLE users ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;',
    'CREATE TABLE t (number bigint GENERATED ALWAYS AS IDENTITY);',
  ],
  [
    'Atlas PG311: another access method',
    'rewriting-table',
    'ALTER TABLE users SET ACCESS METHOD columnar;',
    'ALTER TABLE users SET (fillfactor = 90);',
  ],
  [
    'Atlas TX101: statements that cannot share a transaction',
    'concurrently-in-transaction',
    txn('VACUUM users'),
    'VACUUM users;',
  ],
  [
    'Atlas TX201: a transaction in a transaction',
    'transaction-nesting',
    'BEGIN;\nBEGIN;\nALTER TABLE users ADD COLUMN x text;\nCOMMIT;',
    txn('ALTER TABLE users ADD COLUMN x text'),
  ],
  [
    'nobody: CLUSTER and VACUUM FULL',
    'rewriting-table',
    'VACUUM (FULL) users;',
    'VACUUM (FULL off, ANALYZE) users;',
  ],
  [
    'nobody: a view that nobody can read while it is made again',
    'require-concurrent-refresh',
    'REFRESH MATERIALIZED VIEW totals;',
    'REFRESH MATERIALIZED VIEW CONCURRENTLY totals;',
  ],
  [
    'nobody: a program on the server',
    'ban-server-access',
    "COPY users (name) FROM PROGRAM 'curl http://example.test';",
    'COPY users (name) TO STDOUT;',
  ],
];

describe('what other tools find', () => {
  it.each(rows)('%s is found as %s', async (_, code, bad) => {
    expect(await codesOf(bad)).toContain(code);
  });

  it.each(rows)('%s: the safe way is not found as %s', async (_, code, __, good) => {
    expect(await codesOf(good)).not.toContain(code);
  });
});

describe('names', () => {
  const naming = {
    schema: '[a-z]+',
    table: '[a-z_]+s',
    column: '[a-z_]+',
    index: '.+_idx',
    foreign_key: '.+_fkey',
    check: '.+_check',
  };
  it.each([
    ['schema', 'CREATE SCHEMA "Sales";', 'CREATE SCHEMA sales;'],
    ['table', 'CREATE TABLE item (id bigint);', 'CREATE TABLE items (id bigint);'],
    [
      'column',
      'ALTER TABLE users ADD COLUMN "fullName" text;',
      'ALTER TABLE users ADD COLUMN full_name text;',
    ],
    [
      'index',
      'CREATE INDEX CONCURRENTLY i ON users (name);',
      'CREATE INDEX CONCURRENTLY name_idx ON users (name);',
    ],
    [
      'foreign key',
      'ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;',
      'ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;',
    ],
    [
      'check',
      'CREATE TABLE items (a int CONSTRAINT positive CHECK (a > 0));',
      'CREATE TABLE items (a int CONSTRAINT a_check CHECK (a > 0));',
    ],
  ])('of a %s follow the pattern of the config', async (_, bad, good) => {
    expect(await codesOf(bad, { naming })).toContain('naming-convention');
    expect(await codesOf(good, { naming })).not.toContain('naming-convention');
    expect(await codesOf(bad)).not.toContain('naming-convention');
  });

  it('are refused before any work when a pattern is none', async () => {
    await expect(codesOf('SELECT 1;', { naming: { table: '(' } })).rejects.toMatchObject({
      message: expect.stringContaining('naming.table'),
    });
  });
});

describe('time-outs', () => {
  const asked = { exclude_rules: ['require-statement-timeout'] };
  const column = 'ALTER TABLE users ADD COLUMN x text';
  it.each([
    ['set for the session', `SET lock_timeout = '1s';\n${column};`],
    ['set for the transaction', txn("SET LOCAL lock_timeout = '1s'", column)],
    ['set by a number', `SET lock_timeout TO 1000;\n${column};`],
  ])('count when %s', async (_, sql) => {
    expect(await codesOf(sql, asked)).not.toContain('require-lock-timeout');
  });

  it.each([
    ['set for a transaction that there is not', `SET LOCAL lock_timeout = '1s';\n${column};`],
    ['set for a transaction that has ended', `${txn("SET LOCAL lock_timeout = '1s'", 'SELECT 1')}${column};`],
    ['set to nothing', `SET lock_timeout = 0;\n${column};`],
    ['set to nothing in words', `SET lock_timeout = '0s';\n${column};`],
    ['taken back', `SET lock_timeout = '1s';\nRESET lock_timeout;\n${column};`],
    ['taken back with all others', `SET lock_timeout = '1s';\nRESET ALL;\n${column};`],
    ['set behind it', `${column};\nSET lock_timeout = '1s';`],
  ])('do not count when %s', async (_, sql) => {
    expect(await codesOf(sql, asked)).toContain('require-lock-timeout');
  });
});

describe('a table of the base', () => {
  it.each([
    [
      'stays in use behind CREATE TABLE IF NOT EXISTS',
      'CREATE TABLE IF NOT EXISTS users (id bigint);\nALTER TABLE users DROP COLUMN name;',
      'ban-drop-column',
    ],
    [
      'is dropped, whatever is made under its name later',
      'DROP TABLE users;\nCREATE TABLE users (id bigint);',
      'ban-drop-table',
    ],
    ['is renamed by moving it to another schema', 'ALTER TABLE users SET SCHEMA crm;', 'renaming-table'],
  ])('%s', async (_, sql, code) => {
    expect(await codesOf(sql)).toContain(code);
  });

  it('is new again when the base has dropped it', async () => {
    const gone = { ...base, 'migrations/0001_drop.sql': 'DROP TABLE users CASCADE;' };
    const sql = 'CREATE TABLE users (id bigint);\nCREATE INDEX ON users (id);';
    const { codes } = await judge({ files: { ...gone, 'migrations/0002_change.sql': sql }, base: gone });
    expect(codes).not.toContain('require-concurrent-index-creation');
  });
});
