import { describe, expect, it } from 'vitest';
import { opened, parseSection } from '../../../actions/migrations/sql/parse.ts';
import fc from '../../support/fast-check.ts';

const read = (sql: string) =>
  parseSection({ direction: 'up', transaction: 'none', text: new TextEncoder().encode(sql) });

/** What rules see of the code inside, each with the text at its place. */
async function inside(sql: string) {
  const script = await read(sql);
  expect(script.syntaxError).toBeNull();
  return {
    kinds: script.inner?.statements.map(({ kind }) => kind) ?? [],
    places: script.inner?.statements.map(({ start }) => sql.slice(start).split(/[\s;]/, 2).join(' ')) ?? [],
    unread: script.inner?.unread.map(({ at }) => sql.slice(at).split(/[\s(]/, 1)[0]) ?? [],
  };
}

describe('code inside a migration', () => {
  it('is read to its statements, wherever they stand in it', async () => {
    const found = await inside(`SELECT 1;
DO $body$
DECLARE n int;
BEGIN
  IF EXISTS (SELECT 1 FROM pg_class) THEN
    ALTER TABLE users DROP COLUMN email;
  ELSE
    LOOP
      TRUNCATE orders CASCADE;
      EXIT;
    END LOOP;
  END IF;
  CASE n WHEN 1 THEN UPDATE users SET a = n; ELSE NULL; END CASE;
  INSERT INTO log (a) VALUES (n) RETURNING a INTO n;
EXCEPTION WHEN others THEN
  DROP TABLE users;
END $body$;
`);
    expect(found.kinds).toEqual(['AlterTableStmt', 'TruncateStmt', 'UpdateStmt', 'InsertStmt', 'DropStmt']);
    expect(found.places).toContain('ALTER TABLE');
    expect(found.places).toContain('DROP TABLE');
    expect(found.unread).toEqual([]);
  });

  it.each<[what: string, code: string, kinds: readonly string[]]>([
    ['a literal', "EXECUTE 'DROP TABLE a';", ['DropStmt']],
    ['a literal in dollars', 'EXECUTE $q$DROP TABLE a$q$;', ['DropStmt']],
    ['a literal of two statements', "EXECUTE 'DROP TABLE a; TRUNCATE b';", ['DropStmt', 'TruncateStmt']],
    ['a literal with quotes in it', "EXECUTE 'UPDATE a SET b = ''x''';", ['UpdateStmt']],
    ['a literal with values', "EXECUTE 'UPDATE a SET b = $1' USING 1;", ['UpdateStmt']],
  ])('is read after EXECUTE of %s', async (_what, code, kinds) => {
    expect(await inside(`DO $$ BEGIN ${code} END $$;`)).toMatchObject({ kinds, unread: [] });
  });

  it.each([
    ['text that is put together', "EXECUTE 'DROP TABLE ' || 'a';"],
    ['format()', "EXECUTE format('DROP TABLE %I', 'a');"],
    ['a variable', 'EXECUTE command;', 'command text'],
    ['a query', 'EXECUTE (SELECT sql FROM plans);'],
    ['what is no SQL', "EXECUTE 'DORP TABLE a';"],
    ['a loop over it', "FOR r IN EXECUTE 'SELECT ' || 1 LOOP NULL; END LOOP;", 'r record'],
    ['a cursor over it', 'OPEN c FOR EXECUTE command;', 'c refcursor; command text'],
  ])('is not read where it runs %s', async (_what, code, declared = '') => {
    const declare = declared === '' ? '' : `DECLARE ${declared};`;
    expect((await inside(`DO $$ ${declare} BEGIN ${code} END $$;`)).unread).toHaveLength(1);
  });

  it('names the line that is not read', async () => {
    const sql = "SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1;\n  EXECUTE format('x %s', 1);\nEND $$;\n";
    expect(await inside(sql)).toMatchObject({ unread: ['EXECUTE'] });
  });

  it('of functions counts where the script calls them, also from each other and from blocks', async () => {
    const make = (name: string, body: string) =>
      `CREATE FUNCTION ${name}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;\n`;
    const both = make('a', 'PERFORM b();') + make('b', 'DROP TABLE users;');
    expect((await inside(both)).kinds).toEqual([]);
    expect((await inside(`${both}SELECT a();`)).kinds).toContain('DropStmt');
    expect((await inside(`${both}DO $$ BEGIN PERFORM public.a(); END $$;`)).kinds).toContain('DropStmt');
    const procedure = 'CREATE PROCEDURE p() LANGUAGE sql AS $$ DROP TABLE users $$;\nCALL p();';
    expect((await inside(procedure)).kinds).toEqual(['DropStmt']);
  });

  it('keeps the statements in order and apart', async () => {
    const piece = fc.constantFrom(
      'SELECT 1;',
      'DO $$ BEGIN DROP TABLE a; TRUNCATE b; END $$;',
      'DO $$ BEGIN\n DROP TABLE a;\n TRUNCATE b;\nEND $$;',
      "DO 'BEGIN NULL; END';",
      'CREATE TABLE c (id int);',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const { statements } = opened(await read(pieces.join('\n')));
        for (const [index, one] of statements.entries()) {
          expect(one.index).toBe(index);
          const next = statements[index + 1];
          if (next !== undefined) expect(one.end).toBeLessThanOrEqual(next.start);
        }
      }),
      { numRuns: 60 },
    );
  });
});
