import { afterAll, describe, expect, it } from 'vitest';
import { compareRows } from '../../../actions/migrations/changes/parity.ts';
import { prismaUses } from '../../../actions/migrations/contracts/prisma.ts';
import { sqlUses } from '../../../actions/migrations/contracts/sql-in-code.ts';
import { throwawayDatabases } from '../../../adapters/embedded-postgres/index.ts';
import { silentLog } from '../../../core/ports/system.ts';
import fc from '../../support/fast-check.ts';
import { judge } from './judged.ts';

const databases = throwawayDatabases({ log: silentLog });
afterAll(() => databases.close());

const table = {
  'migrations/1.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, note text);\n',
};
const contract = (reads: string, writes = ''): string =>
  `version: 1\nreads: { orders: [${reads}] }\n${writes === '' ? '' : `writes: { orders: [${writes}] }\n`}`;

describe('contracts of the running version', () => {
  it.each([
    ['a dropped column that is read', 'ALTER TABLE orders DROP COLUMN total;', ['contract-broken', 'error']],
    ['a dropped table', 'DROP TABLE orders;', ['contract-broken', 'error']],
    ['a renamed column', 'ALTER TABLE orders RENAME COLUMN total TO amount;', ['contract-broken', 'error']],
    ['a renamed table', 'ALTER TABLE orders RENAME TO purchases;', ['contract-broken', 'error']],
    ['a changed type', 'ALTER TABLE orders ALTER COLUMN total TYPE text;', ['contract-changed', 'warning']],
    [
      'a column that writers leave out',
      'ALTER TABLE orders ALTER COLUMN note SET NOT NULL;',
      ['contract-tightened', 'error'],
    ],
    [
      'a new constraint on what is written',
      'ALTER TABLE orders ADD CHECK (total > 0) NOT VALID;',
      ['contract-tightened', 'warning'],
    ],
  ])('%s', async (_, sql, [code, level]) => {
    const base = { ...table, 'db/contracts/shop.yml': contract('id, total', 'id, total') };
    const judged = await judge({ files: { ...base, 'migrations/2.sql': sql }, base });
    expect(judged.find(code ?? '')).toMatchObject({ level, path: 'migrations/2.sql' });
    expect(judged.find(code ?? '')?.message).toContain('db/contracts/shop.yml');
  });

  it('found in the code of the base, with the line', async () => {
    const base = {
      ...table,
      'src/orders.ts': "export const q =\n  'SELECT o.id, o.total FROM orders o WHERE o.id = $1';\n",
    };
    const sql = 'ALTER TABLE orders DROP COLUMN total;';
    const judged = await judge({ files: { ...base, 'src/orders.ts': '', 'migrations/2.sql': sql }, base });
    expect(judged.find('contract-broken')?.message).toContain('src/orders.ts:2 (reads)');
  });

  it('that no longer name a column make its drop the contract step', async () => {
    const base = { ...table, 'db/contracts/shop.yml': contract('id, total') };
    const sql = '-- forward-fix: the column is empty since v1.4\nALTER TABLE orders DROP COLUMN note;';
    const { result, find } = await judge({ files: { ...base, 'migrations/2.sql': sql }, base });
    expect(find('ban-drop-column')).toMatchObject({ level: 'notice' });
    expect(result.verdict).toBe('pass');
  });

  it('of the change itself count for nothing', async () => {
    const sql = 'ALTER TABLE orders DROP COLUMN note;';
    const files = { ...table, 'db/contracts/shop.yml': contract('id'), 'migrations/2.sql': sql };
    expect((await judge({ files, base: table })).find('ban-drop-column')?.level).toBe('error');
  });

  it('say when there is more code than was searched', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_003 }, (_, n) => [`src/f${n}.ts`, '']));
    const files = { ...table, 'migrations/2.sql': 'ALTER TABLE orders DROP COLUMN note;' };
    const { find } = await judge({ files, base: { ...table, ...many } });
    expect(find('code-not-searched')?.message).toContain('3 source files');
  });

  it('that cannot be read fail', async () => {
    const base = { ...table, 'db/contracts/shop.yml': 'version: 2\n' };
    const files = { ...base, 'migrations/2.sql': 'ALTER TABLE orders DROP COLUMN note;' };
    expect((await judge({ files, base })).codes).toContain('contract-invalid');
  });
});

describe('SQL in code', () => {
  it.each([
    [
      'a.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source text under test
      'db.query(`select id from orders where total > ${min}`)',
      ['orders.id read', 'orders.total read'],
    ],
    [
      'a.py',
      'cur.execute("UPDATE orders SET note = %s WHERE id = %(id)s")',
      ['orders.id read', 'orders.note write'],
    ],
    [
      'a.go',
      'db.Exec("INSERT INTO orders (id, total) VALUES (?, ?)")',
      ['orders.id write', 'orders.total write'],
    ],
    ['a.rb', "x = 'DELETE FROM orders WHERE id = :id'", ['orders. write', 'orders.id read']],
    ['a.ts', "'WITH x AS (SELECT id FROM orders) SELECT * FROM x'", ['orders.* read', 'orders.id read']],
    ['a.ts', "'select something that is no SQL at all'", []],
    ['q.sql', '-- name: All\nSELECT o.* FROM sales.orders o;', ['sales.orders.* read']],
  ])('%s %s', async (path, text, uses) => {
    const found = await sqlUses(text, path);
    expect([...new Set(found.map((one) => `${one.table}.${one.column} ${one.access}`))].sort()).toEqual(uses);
  });

  it('Prisma models, by their names in the database', () => {
    const text =
      'model Order {\n  id Int @id\n  total Decimal @map("total_amount")\n  user User\n  @@map("orders")\n}\nmodel User {\n  id Int @id\n}\n';
    const reads = prismaUses(text, 'schema.prisma').filter(({ access }) => access === 'read');
    expect(reads.map((one) => `${one.table}.${one.column} ${one.by}`)).toEqual([
      'orders.id schema.prisma:2',
      'orders.total_amount schema.prisma:3',
      'User.id schema.prisma:8',
    ]);
  });
});

describe('shadow-read parity', () => {
  const how = { key: ['id'], tolerance: { total: 0.01 } };

  it.each([
    ['equal rows', [{ id: 1, total: '10.50' }], [{ id: '1', total: 10.5 }], 'equal', []],
    ['a number within its tolerance', [{ id: 1, total: 10 }], [{ id: 1, total: 10.009 }], 'equal', []],
    ['a number outside', [{ id: 1, total: 10 }], [{ id: 1, total: 10.02 }], 'different', ['total']],
    ['a NULL beside a zero', [{ id: 1, total: null }], [{ id: 1, total: 0 }], 'different', ['total']],
    [
      'a text that is not a number',
      [{ id: 1, total: 'ten' }],
      [{ id: 1, total: 'NaN' }],
      'different',
      ['total'],
    ],
    ['texts that are no numbers', [{ id: 1, code: '007' }], [{ id: 1, code: '7' }], 'different', ['code']],
    [
      'documents in another order',
      [{ id: 1, total: { a: 1, b: { c: 2, d: 3 } } }],
      [{ id: 1, total: { b: { d: 3, c: 2 }, a: 1 } }],
      'equal',
      [],
    ],
    [
      'texts that look like one number',
      [{ id: 1, code: '1.50' }],
      [{ id: 1, code: '1.5' }],
      'different',
      ['code'],
    ],
    ['a number with an exponent', [{ id: 1, code: '120' }], [{ id: 1, code: 1.2e2 }], 'equal', []],
    ['a truth value and its text', [{ id: 1, code: true }], [{ id: 1, code: 'true' }], 'equal', []],
    ['two NaN', [{ id: 1, total: 'NaN' }], [{ id: 1, total: 'NaN' }], 'equal', []],
    ['a column that is gone', [{ id: 1, total: 1, a: 1 }], [{ id: 1, total: 1 }], 'different', ['a']],
    ['a missing row', [{ id: 1 }, { id: 2 }], [{ id: 1 }], 'different', ['(missing in the new rows)']],
    ['a row too many', [{ id: 1 }], [{ id: 1 }, { id: 2 }], 'different', ['(missing in the old rows)']],
    ['a key that is not one', [{ id: 1 }, { id: 1 }], [{ id: 1 }], 'different', []],
    ['no rows', [], [], 'empty', []],
  ])('%s', (_, old, fresh, verdict, columns) => {
    const report = compareRows(old, fresh, how, 10);
    expect(report.verdict).toBe(verdict);
    expect(report.examples[0]?.columns ?? []).toEqual(columns);
  });

  it('does not depend on the order of rows', () => {
    const row = fc.record({ total: fc.integer() });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const old = rows.map((one, id) => ({ id, ...one }));
        const report = compareRows(old, old.toReversed(), how, 100);
        expect(report.verdict).toBe('equal');
        expect(report.digestNew).toBe(report.digestOld);
      }),
    );
  });

  it('keeps what may be a name out of its examples', () => {
    const report = compareRows([{ id: 'ann@example.org' }], [], how, 10);
    expect(JSON.stringify(report)).not.toContain('ann@');
  });
});

describe('a change over several releases', () => {
  const plan = (phase: string, more = ''): string =>
    [
      'version: 1',
      'changes:',
      '  - name: totals-in-cents',
      `    phase: ${phase}`,
      '    old: orders.total',
      '    new: orders.cents',
      '    dual_write_flag: orders_write_cents',
      '    backfill: SELECT count(*) FROM orders WHERE cents IS NULL',
      '    parity:',
      '      old: SELECT id, total FROM orders',
      '      new: SELECT id, cents / 100.0 AS total FROM orders',
      '      key: [id]',
      more,
    ].join('\n');
  const filled = (cents: string): Record<string, string> => ({
    'migrations/1.sql': `CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, cents bigint);\nINSERT INTO orders VALUES (1, 10.5, ${cents}), (2, 3, 300);\n`,
  });
  const drop = {
    'migrations/2.sql':
      '-- forward-fix: read the new column instead\nALTER TABLE orders DROP COLUMN total;\n',
  };
  const step = (
    phase: string,
    cents: string,
    { before = 'switch', more = {} }: { before?: string; more?: Record<string, string> } = {},
  ) =>
    judge({
      files: { ...filled(cents), ...more, 'db/changes/totals.yml': plan(phase) },
      base: { ...filled(cents), 'db/changes/totals.yml': plan(before) },
      databases,
    });

  it('is proved complete and equal before the contract step', async () => {
    const { plan: evidence, codes, evidence: files } = await step('contract', '1050', { more: drop });
    expect(codes).toEqual(['ban-drop-column']);
    expect(evidence.phases[0]).toMatchObject({ backfill: 'complete', parity: 'equal, 2 rows compared' });
    expect(evidence.shadow_parity[0]).toMatchObject({ verdict: 'equal', when: 'before the migrations' });
    expect(files.get('migrations/plan.md')).toContain(
      '| totals-in-cents | `orders.total` → `orders.cents` | released | released | released | **this release** |',
    );
  });

  it.each([
    ['a backfill that is not done', 'switch', 'NULL', 'backfill-incomplete', 'error'],
    ['rows that differ', 'switch', '999', 'shadow-parity-differs', 'error'],
    ['rows that differ while they are filled', 'backfill', '999', 'shadow-parity-differs', 'warning'],
  ])('says %s', async (_, phase, cents, code, level) => {
    const { find } = await step(phase, cents, { before: phase });
    expect(find(code)?.level).toBe(level);
  });

  it('compares values as Postgres writes them', async () => {
    const pairs: Readonly<Record<string, readonly [string, string]>> = {
      microseconds: ["timestamptz '2026-05-04 12:00:00.000001+02'", "timestamptz '2026-05-04 12:00:00+02'"],
      same_time_in_two_zones: ["timestamptz '2026-05-04 12:00+02'", "timestamptz '2026-05-04 10:00+00'"],
      lost_zone: ["timestamptz '2026-05-04 12:00+00'", "timestamp '2026-05-04 12:00'"],
      lost_time: ["date '2026-05-04'", "timestamp '2026-05-04 00:00'"],
      same_amount: ["numeric(9,2) '10.50'", "numeric '10.5'"],
      too_large_for_a_double: ["bigint '9007199254740993'", "bigint '9007199254740992'"],
      too_large_in_a_document: ["json '[9007199254740993]'", "json '[9007199254740992]'"],
      same_document: [`json '{"b": 1.0, "a": [1]}'`, `jsonb '{"a": [1], "b": 1}'`],
      text_in_a_document: [`jsonb '{"a": 1}'`, `jsonb '{"a": "1"}'`],
      same_small_number: ["float8 '1.5e-7'", "numeric '0.00000015'"],
      bytes: [String.raw`bytea '\xdead'`, String.raw`bytea '\xdeae'`],
      same_arrays: ['ARRAY[10.50, 2]::numeric[]', 'ARRAY[10.5, 2.0]::numeric[]'],
    };
    const query = (side: 0 | 1): string =>
      JSON.stringify(
        `SELECT 1 AS id, ${Object.entries(pairs)
          .map(([name, pair]) => `${pair[side]} AS ${name}`)
          .join(', ')}`,
      );
    const change = plan('switch')
      .replace(/old: SELECT.*/, () => `old: ${query(0)}`)
      .replace(/new: SELECT.*/, () => `new: ${query(1)}`);
    const { plan: evidence } = await judge({
      files: { ...filled('1050'), 'db/changes/t.yml': change },
      databases,
    });
    const differing = Object.keys(pairs).filter((name) => !name.startsWith('same_'));
    expect(evidence.shadow_parity[0]).toMatchObject({
      verdict: 'different',
      examples: [{ key: '1', columns: differing }],
    });
  });

  it('may not skip a phase, or drop the old place early', async () => {
    expect((await step('contract', '1050', { before: 'expand' })).codes).toContain('phase-skipped');
    expect((await step('switch', '1050', { more: drop })).codes).toContain('contract-too-early');
  });

  it('is not proved without data', async () => {
    const files = { ...table, 'db/changes/totals.yml': plan('switch') };
    expect((await judge({ files })).result.verdict).toBe('inconclusive');
    const empty = {
      'migrations/1.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, cents bigint);',
    };
    const onEmpty = await judge({ files: { ...files, ...empty }, databases });
    expect(onEmpty.find('shadow-parity-not-proved')?.message).toContain('no rows');
    expect(onEmpty.result.verdict).toBe('inconclusive');
  });

  it('is not proved by queries that give other rows each time', async () => {
    const loose = plan('switch').replace('SELECT id, total FROM', 'SELECT id, random() AS total FROM');
    const { result, find } = await judge({
      files: { ...filled('1050'), 'db/changes/t.yml': loose },
      databases,
    });
    expect(find('shadow-parity-not-proved')?.message).toContain('other rows each time');
    expect(result.verdict).toBe('inconclusive');
  });

  it('whose query the server refuses, or tries to write, fails', async () => {
    const broken = plan('backfill').replace(
      'SELECT count(*) FROM orders WHERE cents IS NULL',
      'DELETE FROM orders RETURNING 1',
    );
    const { find } = await judge({ files: { ...filled('1050'), 'db/changes/t.yml': broken }, databases });
    expect(find('change-query-failed')?.message).toContain('read-only transaction');
  });

  it('whose plan cannot be read fails', async () => {
    const files = { ...table, 'db/changes/t.yml': 'version: 1\nchanges: [{ name: x }]\n' };
    expect((await judge({ files })).codes).toContain('change-invalid');
  });
});
