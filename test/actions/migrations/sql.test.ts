import { describe, expect, it } from 'vitest';
import { readLayout } from '../../../actions/migrations/layout.ts';
import { inOrder } from '../../../actions/migrations/order.ts';
import { tokens } from '../../../actions/migrations/sql/lexer.ts';
import { byteOfCodePoint, placesIn } from '../../../actions/migrations/sql/lines.ts';
import { locksOf, strongest } from '../../../actions/migrations/sql/locks.ts';
import { parseSection, type Script } from '../../../actions/migrations/sql/parse.ts';
import fc from '../../support/fast-check.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const plain = { layout: 'plain', assumeInTransaction: false } as const;

async function parsed(text: string): Promise<Script> {
  const [section] = readLayout('x.sql', bytes(text), plain).sections;
  if (section === undefined) throw new Error('no section');
  return parseSection(section);
}

describe('places', () => {
  it.each([
    ['the beginning', 'SELECT 1;', 0, { line: 1, column: 1 }],
    ['a later line', 'SELECT 1;\nSELECT 2;', 10, { line: 2, column: 1 }],
    ['behind an umlaut of two bytes', "SELECT 'ä';", 11, { line: 1, column: 11 }],
    ['behind an emoji of four bytes and two code units', "SELECT '😀', x", 15, { line: 1, column: 14 }],
    ['behind a carriage return', 'a\r\nb', 3, { line: 2, column: 1 }],
    ['the end', 'a\n', 2, { line: 2, column: 1 }],
  ])('%s', (_, text, offset, place) => {
    expect(placesIn(bytes(text))(offset)).toEqual(place);
  });

  it('of every code point of any text agree with counting by hand', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'ä', '😀', '\n', ' ') }), (text) => {
        const data = bytes(text);
        const placeOf = placesIn(data);
        const points = [...text];
        for (let index = 0; index <= points.length; index++) {
          const before = points.slice(0, index).join('');
          const lines = before.split('\n');
          const offset = bytes(before).length;
          expect(placeOf(offset)).toEqual({ line: lines.length, column: (lines.at(-1) ?? '').length + 1 });
          expect(byteOfCodePoint(data, index)).toBe(offset);
        }
      }),
    );
  });

  it('of statements and of syntax errors are those of the file', async () => {
    const text = "-- ä\nSELECT 'ü';\n  DROP TABLE t;\n";
    const script = await parsed(text);
    expect(script.statements.map(({ start }) => placesIn(bytes(text))(start))).toEqual([
      { line: 2, column: 1 },
      { line: 3, column: 3 },
    ]);
    const broken = "SELECT 'üü';\nSELEC 1;";
    const error = (await parsed(broken)).syntaxError;
    expect(placesIn(bytes(broken))(error?.at ?? 0)).toEqual({ line: 2, column: 1 });
  });
});

describe('the lexer', () => {
  const kinds = (text: string): string[] => {
    const data = bytes(text);
    return [...tokens(data)].map(
      ({ kind, start, end }) => `${kind} ${Buffer.from(data).toString('utf8', start, end)}`,
    );
  };

  it.each([
    ['-- a; b\nc', ['comment -- a; b', 'identifier c']],
    ['/* a /* b */ ; */ c', ['comment /* a /* b */ ; */', 'identifier c']],
    ["'it''s; one' ;", ["string 'it''s; one'", 'semicolon ;']],
    ["E'a\\'b' ;", ["string E'a\\'b'", 'semicolon ;']],
    ["'a\\' ;", ["string 'a\\'", 'semicolon ;']],
    ['"a""b"', ['quoted-identifier "a""b"']],
    ['$$ a; $x$ b $$ c', ['string $$ a; $x$ b $$', 'identifier c']],
    ['$tag$ $$ ; $tag$', ['string $tag$ $$ ; $tag$']],
    ['a$1 $1', ['identifier a$1']],
    ["'never ends ;", ["string 'never ends ;"]],
  ])('reads %j', (text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });

  it('ends on any text, and its tokens neither overlap nor leave it', () => {
    const unit = fc.constantFrom("'", '"', '$', '-', '/', '*', 'a', '\n', ';', '\\', 'E', 'ä');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const data = bytes(text);
        let last = 0;
        for (const { start, end } of tokens(data)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(data.length);
      }),
    );
  });
});

describe('the locks of a statement', () => {
  it.each([
    ['ALTER TABLE t ADD COLUMN c int', 'AccessExclusive'],
    ['ALTER TABLE t VALIDATE CONSTRAINT c', 'ShareUpdateExclusive'],
    ['ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (b)', 'ShareRowExclusive'],
    ['ALTER TABLE t ADD CHECK (a > 0)', 'AccessExclusive'],
    ['ALTER TABLE t SET (fillfactor = 70)', 'ShareUpdateExclusive'],
    ['ALTER TABLE t DISABLE TRIGGER ALL', 'ShareRowExclusive'],
    ['ALTER TABLE t ATTACH PARTITION p DEFAULT', 'AccessExclusive'],
    ['CREATE INDEX ON t (a)', 'Share'],
    ['CREATE INDEX CONCURRENTLY ON t (a)', 'ShareUpdateExclusive'],
    ['CREATE TABLE t (a int REFERENCES u (b))', 'ShareRowExclusive'],
    ['CREATE TABLE t (a int)', 'none'],
    ['CREATE TABLE p PARTITION OF t DEFAULT', 'AccessExclusive'],
    ['CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f()', 'ShareRowExclusive'],
    ['DROP INDEX i', 'AccessExclusive'],
    ['TRUNCATE t', 'AccessExclusive'],
    ['VACUUM t', 'ShareUpdateExclusive'],
    ['VACUUM (FULL) t', 'AccessExclusive'],
    ['VACUUM (FULL off) t', 'ShareUpdateExclusive'],
    ['REINDEX (CONCURRENTLY) TABLE t', 'ShareUpdateExclusive'],
    ['REFRESH MATERIALIZED VIEW CONCURRENTLY v', 'Exclusive'],
    ['LOCK TABLE t IN SHARE MODE', 'Share'],
    ['UPDATE t SET a = 1', 'RowExclusive'],
    ['SELECT 1', 'none'],
  ])('%s: %s', async (sql, mode) => {
    const [statement] = (await parsed(sql)).statements;
    expect(statement && strongest(locksOf(statement))).toBe(mode);
  });
});

describe('layouts', () => {
  it.each([
    ['a.sql', '-- +goose Up\nSELECT 1;', 'goose', ['up tool']],
    [
      'a.sql',
      '-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;',
      'goose',
      ['up none', 'down none'],
    ],
    [
      'a.sql',
      '-- migrate:up\nSELECT 1;\n-- migrate:down transaction:false\n',
      'dbmate',
      ['up tool', 'down none'],
    ],
    ['V1_2__a.sql', 'SELECT 1;', 'flyway', ['up tool']],
    ['U1__a.sql', 'SELECT 1;', 'flyway', ['down tool']],
    ['R__view.sql', 'SELECT 1;', 'flyway', ['up tool']],
    ['1_a.up.sql', 'SELECT 1;', 'golang-migrate', ['up none']],
    ['1_a.down.sql', 'SELECT 1;', 'golang-migrate', ['down none']],
    ['0001_a.sql', 'SELECT 1;', 'plain', ['up none']],
    ['prisma/migrations/20260101000000_a/migration.sql', 'SELECT 1;', 'prisma', ['up none']],
    ['prisma/migrations/20260101000000_a/down.sql', 'SELECT 1;', 'prisma', ['down none']],
    [
      '1700000000000_a.sql',
      '-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;',
      'node-pg-migrate',
      ['up tool', 'down tool'],
    ],
    ['db/structure.sql', '\\restrict x\nSELECT 1;', 'rails-structure', ['up none']],
    [
      '001_a.js',
      "exports.up = (knex) => knex.raw('SELECT 1');\nexports.down = (knex) => knex.raw('SELECT 2');",
      'knex',
      ['up tool', 'down tool'],
    ],
    [
      '001_a.ts',
      'export const config = { transaction: false };\nexport async function up(knex) { await knex.raw(`SELECT 1`); }',
      'knex',
      ['up none'],
    ],
  ])('%s with %j is %s: %j', (path, text, layout, sections) => {
    const read = readLayout(path, bytes(text), { layout: 'auto', assumeInTransaction: false });
    expect(read.layout).toBe(layout);
    expect(read.sections.map(({ direction, transaction }) => `${direction} ${transaction}`)).toEqual(
      sections,
    );
  });

  it('keep every section at its place in the file', () => {
    const text = '-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n';
    const [up, down] = readLayout('a.sql', bytes(text), {
      layout: 'auto',
      assumeInTransaction: false,
    }).sections;
    const shown = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);
    expect(up?.text.length).toBe(text.length);
    expect(shown(up?.text).trim()).toBe('SELECT 1;');
    expect(shown(down?.text).indexOf('SELECT 2')).toBe(text.indexOf('SELECT 2'));
  });

  it.each([
    [
      '001_a.js',
      'exports.up = async (knex) => {\n  await knex.raw(`\n    ALTER TABLE users DROP COLUMN email`);\n};\nexports.down = (knex) => knex.raw("SELECT \\"x\\"");\n',
      'ALTER TABLE users DROP COLUMN email;',
    ],
    [
      '1_a.ts',
      "export const down = (pgm) => pgm.sql('SELECT 2;');\nexport const up = (pgm) => {\n  pgm.sql('DROP TABLE a;');\n  pgm.sql('DROP TABLE b');\n};\n",
      'DROP TABLE a; DROP TABLE b;',
    ],
  ])('take the SQL out of %s %j and leave it in its place', async (path, text, up) => {
    const sections = readLayout(path, bytes(text), { layout: 'auto', assumeInTransaction: false }).sections;
    const [section] = sections.filter(({ direction }) => direction === 'up');
    const found = new TextDecoder().decode(section?.text);
    expect(found.replace(/\s+/g, ' ').trim()).toBe(up);
    expect(found.length).toBe(text.length);
    for (const one of sections) expect((await parseSection(one)).syntaxError).toBeNull();
    expect(found.indexOf('DROP')).toBe(text.indexOf('DROP'));
  });

  it('apply in the order of their versions, repeatable ones last', () => {
    const names = ['R__view.sql', 'V10__b.sql', 'V2__a.sql', 'V2.1__c.sql'];
    expect(inOrder(names)).toEqual(['V2__a.sql', 'V2.1__c.sql', 'V10__b.sql', 'R__view.sql']);
    expect(inOrder(['m/20260102_b.sql', 'm/20260101_z.sql', 'm/3_first.sql'])).toEqual([
      'm/3_first.sql',
      'm/20260101_z.sql',
      'm/20260102_b.sql',
    ]);
  });
});
