import { afterAll, describe, expect, it } from 'vitest';
import { throwawayDatabases } from '../../../adapters/embedded-postgres/index.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { type Judged, judge } from './judged.ts';

const databases = throwawayDatabases({ log: silentLog });
afterAll(() => databases.close());

const base = {
  'migrations/1_base.sql': [
    'CREATE TABLE users (id bigint PRIMARY KEY, email text, age integer);',
    'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);',
    'CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);',
    'CREATE TABLE events_old (day date NOT NULL);',
  ].join('\n'),
};

const onBase = (sql: string, options: object = {}): Promise<Judged> =>
  judge({ files: { ...base, 'migrations/2_change.sql': sql }, base, options, databases });

describe('what a dry run sees', () => {
  it.each([
    [
      'a rewrite inside a DO block',
      "DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER COLUMN age TYPE ' || 'bigint'; END $$;",
      'observed-rewrite',
    ],
    [
      'a scan of a partition that is attached',
      "ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
      'observed-scan-under-lock',
    ],
    [
      'a second table locked while the first is closed',
      'BEGIN;\nALTER TABLE users ADD COLUMN note text;\nALTER TABLE orders ADD COLUMN note text;\nCOMMIT;',
      'statement-under-exclusive-lock',
    ],
    [
      'rows written while the table is closed',
      'BEGIN;\nALTER TABLE users ADD COLUMN note text;\nUPDATE users SET note = email WHERE id > 0;\nCOMMIT;',
      'statement-under-exclusive-lock',
    ],
    [
      'a foreign key without an index',
      'CREATE TABLE items (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));',
      'foreign-key-without-index',
    ],
    [
      'an index left invalid',
      "CREATE INDEX CONCURRENTLY users_email ON users (email);\nUPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_email'::regclass;",
      'invalid-index',
    ],
  ])('%s', async (_, sql, code) => {
    const { codes, find } = await onBase(sql);
    expect(codes).toContain(code);
    expect(find(code)?.message).toMatch(/users|events_old|items/);
  });

  it.each([
    ['a quick column', 'ALTER TABLE users ADD COLUMN note text;'],
    [
      'two columns in one transaction',
      'BEGIN;\nALTER TABLE users ADD COLUMN a text;\nALTER TABLE users ADD COLUMN b text;\nCOMMIT;',
    ],
    [
      'a table of its own',
      'CREATE TABLE notes (id bigint PRIMARY KEY);\nALTER TABLE notes ALTER COLUMN id TYPE numeric;',
    ],
    ['a check that is not validated', 'ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;'],
    [
      'a foreign key with one',
      'CREATE TABLE items (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\nCREATE INDEX ON items (user_id, id);',
    ],
    ['a read', 'SELECT count(*) FROM users;'],
  ])('nothing wrong with %s', async (_, sql) => {
    expect((await onBase(sql)).codes).toEqual([]);
  });

  it('is drawn, a bar for each statement that others feel', async () => {
    const { evidence } = await onBase('SELECT 1;\nALTER TABLE users ADD COLUMN note text;');
    const picture = evidence.get('migrations/locks.svg');
    expect(picture).toContain('2_change.sql:2');
    expect(picture).toContain('AccessExclusive users');
    expect(picture).not.toContain('2_change.sql:1<');
    expect(evidence.has('migrations/locks.png')).toBe(true);
  });

  it('says once what a rule has said, and still records it', async () => {
    const { codes, plan } = await onBase('ALTER TABLE users ALTER COLUMN age TYPE bigint;');
    expect(codes).toEqual(['changing-column-type']);
    expect(plan.migrations[0].sections[0].statements[0]).toMatchObject({ rewritten: ['users'] });
  });

  it('lets an exception of the base excuse an observation', async () => {
    const { result, find } = await onBase(
      "DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER COLUMN age TYPE ' || 'bigint'; END $$;",
      {
        exceptions: [
          { rule: 'observed-rewrite', path: 'migrations/2_*.sql', reason: 'The table has forty rows.' },
          { rule: 'do-block-not-judged', path: 'migrations/2_*.sql', reason: 'The dry run watches it.' },
        ],
      },
    );
    expect(find('observed-rewrite')?.level).toBe('notice');
    expect(result.verdict).toBe('pass');
  });
});

describe('going back', () => {
  const goose = (up: string, down: string): string => `-- +goose Up\n${up}\n-- +goose Down\n${down}\n`;

  it.each([
    [
      'a column that stays',
      goose('ALTER TABLE users ADD COLUMN a text, ADD COLUMN b text;', 'ALTER TABLE users DROP COLUMN a;'),
      'column public.users.b is left over',
    ],
    [
      'a default that is not restored',
      goose('ALTER TABLE users ALTER COLUMN age SET DEFAULT 18;', 'SELECT 1;'),
      'column public.users.age is `integer default 18`, was `integer`',
    ],
    [
      'a function that stays',
      goose("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';", 'SELECT 1;'),
      'routine public.f() is left over',
    ],
    [
      'a policy that stays',
      goose(
        'CREATE POLICY p ON orders USING (id > 0);\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;',
        'ALTER TABLE orders DISABLE ROW LEVEL SECURITY;',
      ),
      'policy public.orders.p is left over',
    ],
  ])('notices %s', async (_, sql, words) => {
    const { find } = await onBase(sql);
    expect(find('down-differs')?.message).toContain(words);
  });

  it('is content when the schema is as it was', async () => {
    const sql = goose(
      "CREATE TYPE mood AS ENUM ('sad', 'ok');\nALTER TABLE users ADD COLUMN mood mood;\nCREATE VIEW moods AS SELECT mood FROM users;",
      'DROP VIEW moods;\nALTER TABLE users DROP COLUMN mood;\nDROP TYPE mood;',
    );
    const { plan, codes } = await onBase(sql);
    expect(codes.filter((code) => code.includes('differs'))).toEqual([]);
    expect(plan.dry_run).toMatchObject({ redo_differences: [], reversals: [{ differences: [] }] });
  });

  it('notices what stands beside the tables as well', async () => {
    const made = [
      "CREATE INDEX users_email ON users (email);\nCOMMENT ON INDEX users_email IS 'for logins';",
      'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;',
      'ALTER TABLE users OWNER TO pg_monitor;',
      'ALTER TABLE users ALTER COLUMN email SET STORAGE EXTERNAL;',
      'ALTER TABLE orders REPLICA IDENTITY FULL;',
      'CREATE PUBLICATION changes FOR TABLE orders;',
      'CREATE CAST (text AS xid) WITH INOUT;',
      'CREATE SEQUENCE numbers CACHE 10 OWNED BY orders.id;',
    ];
    const { find } = await onBase(goose(made.join('\n'), 'SELECT 1;'));
    const differences = find('down-differs')?.data?.differences as { object: string; after: string | null }[];
    const seen = new Map(differences.map(({ object, after }) => [object, after]));
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining([
        'comment on index public.users_email',
        'default privileges conductor r',
        'publication changes',
        'object cast (pg_catalog.text AS pg_catalog.xid)',
      ]),
    );
    expect(seen.get('relation public.users')).toContain('owned by pg_monitor');
    expect(seen.get('relation public.orders')).toContain('replica identity f');
    expect(seen.get('column public.users.email')).toContain('storage e');
    expect(seen.get('sequence public.numbers')).toMatch(/cache 10 owned by column id of table orders/);
  });

  it('is content with rights that are granted and taken again', async () => {
    const up = 'GRANT SELECT ON users TO pg_monitor;\nGRANT SELECT (total) ON orders TO pg_monitor;';
    const down = 'REVOKE SELECT ON users FROM pg_monitor;\nREVOKE SELECT (total) ON orders FROM pg_monitor;';
    const { codes } = await onBase(goose(up, down));
    expect(codes.filter((code) => code.includes('differs'))).toEqual([]);
  });

  it('asks for a forward fix where there is no way back, and takes one', async () => {
    const up = '-- +goose Up\nALTER TABLE users ADD COLUMN note text;\n';
    expect((await onBase(up)).find('irreversible')?.level).toBe('warning');
    const said = await onBase(`-- forward-fix: leave the column, it is nullable\n${up}`);
    expect(said.find('irreversible')).toMatchObject({
      level: 'notice',
      message: expect.stringContaining('leave the column'),
    });
    const listed = await onBase(up, {
      irreversible: 'refuse',
      forward_fixes: [{ path: 'migrations/**', plan: 'Restore from the copy.', owner: 'data team' }],
    });
    expect(listed.find('irreversible')?.level).toBe('notice');
  });
});

describe('tenants', () => {
  const table = 'CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id uuid NOT NULL, text text);\n';
  const secured = `${table}ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nALTER TABLE notes FORCE ROW LEVEL SECURITY;\n`;
  const policy = "CREATE POLICY own ON notes USING (tenant_id = current_setting('app.tenant')::uuid);\n";
  const tenant = { tenant: { column: 'tenant_id' } };

  it.each([
    ['no row security', table, ['tenant-rls-missing']],
    [
      'row security that the owner escapes',
      secured.replace(/ALTER[^;]*FORCE[^;]*;/, '') + policy,
      ['tenant-rls-not-forced'],
    ],
    ['no policy', secured, ['tenant-policy-missing']],
    [
      'a policy that is always true',
      `${secured}${policy}CREATE POLICY all_of_it ON notes USING (true);`,
      ['tenant-policy-open'],
    ],
    [
      'a tenant that may be missing',
      (secured + policy).replace('uuid NOT NULL', 'uuid'),
      ['tenant-column-nullable'],
    ],
    [
      "a view with its owner's rights",
      `${secured}${policy}CREATE VIEW v AS SELECT * FROM notes;`,
      ['tenant-view-bypasses-rls'],
    ],
    ['nothing wrong', secured + policy, []],
  ])('%s', async (_, sql, codes) => {
    const judged = await onBase(sql, tenant);
    expect(judged.codes.filter((code) => code.startsWith('tenant'))).toEqual(codes);
  });

  it('are not taken for safe when nobody looked', async () => {
    const { result } = await judge({ files: { 'migrations/1.sql': secured + policy }, options: tenant });
    expect(result.verdict).toBe('inconclusive');
  });
});

describe('a dry run that goes wrong by intent', () => {
  it.each([
    ['waits', 'SET statement_timeout = 0;\nSELECT pg_sleep(3600);'],
    ['never ends', 'DO $$ BEGIN LOOP NULL; END LOOP; END $$;'],
  ])('is stopped and inconclusive when a migration %s', async (_, sql) => {
    const { result, find, plan } = await onBase(sql, { dry_run_timeout_ms: 1_500 });
    expect(result.verdict).toBe('inconclusive');
    expect(find('dry-run-stopped')?.message).toContain('migrations/2_change.sql');
    expect(plan.dry_run.state).toBe('stopped');
  });

  it('fails all the same when the text is bad enough', async () => {
    const { result } = await onBase('ALTER TABLE users DROP COLUMN age;\nSELECT pg_sleep(3600);', {
      dry_run_timeout_ms: 1_500,
    });
    expect(result.verdict).toBe('fail');
  });

  it.each([
    ['a program', "COPY users (email) FROM PROGRAM 'touch /tmp/was-here';", 'COPY FROM PROGRAM'],
    [
      'a program in a DO block',
      "DO $$ BEGIN COPY users (email) FROM PROGRAM 'touch /tmp/was-here'; END $$;",
      'COPY … PROGRAM inside a function',
    ],
    ['a file of the server', "COPY users TO '/tmp/users';", 'COPY TO a file'],
    ['an import of a file', "SELECT lo_import('/etc/passwd');", 'lo_import()'],
    ['a setting of the server', 'ALTER SYSTEM SET fsync = off;', 'ALTER SYSTEM'],
    ['another database', 'DROP DATABASE postgres;', 'DROP DATABASE'],
    [
      'a function in an untrusted language',
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'return 1';",
      'untrusted language plpython3u',
    ],
  ])('is not done at all with %s', async (_, sql, what) => {
    const { result, find } = await onBase(sql);
    expect(result.verdict).toBe('fail');
    expect(find('dry-run-not-done')?.message).toContain(what);
  });
});
