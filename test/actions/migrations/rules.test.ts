import { describe, expect, it } from 'vitest';
import { judge } from './judged.ts';

const base = {
  'migrations/1.sql':
    'CREATE TABLE users (id bigint PRIMARY KEY, active boolean);\nCREATE TABLE gone (id bigint PRIMARY KEY);\n' +
    'CREATE POLICY own ON gone USING (true);\n',
};

/** Codes of one statement against a database in use, without what its way back needs. */
async function codesOf(sql: string): Promise<string[]> {
  const { codes } = await judge({
    files: { ...base, 'migrations/2.sql': sql },
    base,
    options: { irreversible: 'allow', dry_run: 'off' },
  });
  return [...new Set(codes)].filter((code) => code !== 'prefer-robust-stmts');
}

describe('a write to every row', () => {
  it.each([
    'UPDATE users SET active = true;',
    'UPDATE users SET active = true WHERE true;',
    'DELETE FROM users WHERE 1 = 1;',
    "DELETE FROM users WHERE 'a' = 'a';",
    'DELETE FROM users USING gone;',
    'UPDATE users SET active = true FROM gone;',
    'WITH x AS (DELETE FROM users RETURNING *) SELECT count(*) FROM x;',
    'WITH x AS (DELETE FROM users RETURNING *) INSERT INTO gone SELECT id FROM x;',
    'WITH x AS (SELECT 1) UPDATE users SET active = false;',
    'MERGE INTO users u USING gone g ON true WHEN MATCHED THEN DELETE;',
  ])('%s', async (sql) => {
    expect(await codesOf(sql)).toEqual(['unbounded-write']);
  });

  it.each([
    'UPDATE users SET active = true WHERE id = 5;',
    'DELETE FROM users USING gone WHERE users.id = gone.id;',
    'WITH x AS (DELETE FROM users WHERE id < 1000 RETURNING *) SELECT count(*) FROM x;',
    'MERGE INTO users u USING gone g ON u.id = g.id WHEN MATCHED THEN DELETE;',
    'DELETE FROM users WHERE 1 = 2;',
  ])('is none: %s', async (sql) => {
    expect(await codesOf(sql)).toEqual([]);
  });
});

describe('an object that code asks for by its name', () => {
  it.each([
    ['DROP VIEW report;', '`report`'],
    ['DROP MATERIALIZED VIEW public.report;', 'materialized view `report`'],
    ['DROP FUNCTION total(bigint);', 'function `total`'],
    ['DROP SEQUENCE public.numbers;', 'sequence `numbers`'],
    ['DROP TYPE mood;', 'type `mood`'],
    ['DROP EXTENSION pgcrypto;', 'extension `pgcrypto`'],
    ['DROP DOMAIN email;', 'domain `email`'],
    ['ALTER VIEW report RENAME TO old_report;', 'view `report`'],
    ['ALTER FUNCTION total(bigint) RENAME TO old_total;', 'function `total`'],
  ])('is missed: %s', async (sql, named) => {
    const { find } = await judge({ files: { ...base, 'migrations/2.sql': sql }, base });
    expect(find('dropping-object')?.message).toContain(named);
  });

  it.each([
    'DROP VIEW report; CREATE VIEW report AS SELECT id FROM users;',
    'DROP FUNCTION IF EXISTS total(bigint); CREATE FUNCTION total(x bigint) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
    'CREATE SEQUENCE numbers; DROP SEQUENCE numbers;',
    'CREATE OR REPLACE VIEW report AS SELECT id FROM users;',
    'DROP TRIGGER t ON users;',
  ])('is made anew: %s', async (sql) => {
    expect(await codesOf(sql)).toEqual([]);
  });
});

describe('row-level security', () => {
  it.each([
    ['ALTER TABLE users DISABLE ROW LEVEL SECURITY;', ['row-security-off']],
    ['ALTER TABLE users NO FORCE ROW LEVEL SECURITY;', ['row-security-off']],
    ['ALTER TABLE users ENABLE ROW LEVEL SECURITY;', ['row-security-without-policy']],
    ['CREATE POLICY p ON users USING (true); ALTER TABLE users ENABLE ROW LEVEL SECURITY;', []],
    ['ALTER TABLE gone ENABLE ROW LEVEL SECURITY;', []],
    ['ALTER TABLE users FORCE ROW LEVEL SECURITY;', []],
  ])('%s', async (sql, codes) => {
    expect(await codesOf(sql)).toEqual(codes);
  });
});

describe('a lock that is taken by hand', () => {
  it.each([
    ['LOCK TABLE users;', ['locking-table']],
    ['LOCK TABLE users IN SHARE MODE;', ['locking-table']],
    ['LOCK TABLE users IN ROW EXCLUSIVE MODE;', []],
    ['CREATE TABLE own (id bigint PRIMARY KEY); LOCK TABLE own;', []],
  ])('%s', async (sql, codes) => {
    expect(await codesOf(sql)).toEqual(codes);
  });
});
