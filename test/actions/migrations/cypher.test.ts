import { describe, expect, it } from 'vitest';
import { judge } from './judged.ts';

const only = (text: string, more: Record<string, string> = {}) =>
  judge({ files: { 'migrations/V1__x.cypher': text, ...more }, options: { irreversible: 'allow' } });

describe('Cypher migrations', () => {
  it.each([
    ['a delete of everything', 'MATCH (n) DETACH DELETE n;', ['cypher-unbounded-delete']],
    ['a delete of a label', 'MATCH (n:Person) WHERE n.age > 3 DELETE n;', ['cypher-unbounded-delete']],
    [
      'a delete in batches',
      'MATCH (n:Person) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS;',
      [],
    ],
    ['a delete with a limit', 'MATCH (n:Person) WITH n LIMIT 100 DELETE n;', []],
    ['a delete of one node', "MATCH (n:Person {id: 'x'}) DELETE n;", []],
    ['a write to everything', 'MATCH (n:Person) SET n.seen = true;', ['cypher-unbatched-write']],
    ['a removed property', 'MATCH (n:Person) REMOVE n.seen;', ['cypher-unbatched-write']],
    ['LOAD CSV at once', "LOAD CSV FROM 'file:///a.csv' AS l CREATE (:P {a: l[0]});", ['cypher-load-csv']],
    [
      'LOAD CSV in batches, from elsewhere',
      "LOAD CSV FROM 'https://example.org/a.csv' AS l CALL (l) { CREATE (:P {a: l[0]}) } IN TRANSACTIONS OF 500 ROWS;",
      ['cypher-load-csv-remote'],
    ],
    [
      'a constraint',
      'CREATE CONSTRAINT p_id IF NOT EXISTS FOR (p:P) REQUIRE p.id IS UNIQUE;',
      ['cypher-constraint-scan'],
    ],
    ['an index', 'CREATE INDEX p_a IF NOT EXISTS FOR (p:P) ON (p.a);', []],
    ['an index that may exist', 'CREATE INDEX p_a FOR (p:P) ON (p.a);', ['cypher-not-repeatable']],
    ['an index without a name', 'CREATE INDEX IF NOT EXISTS FOR (p:P) ON (p.a);', ['cypher-unnamed-schema']],
    ['a drop that may be done', 'DROP INDEX p_a;', ['cypher-not-repeatable']],
    ['a dropped database', 'DROP DATABASE shop;', ['cypher-drop-database']],
    ['a syntax error', 'MATCH (n:Person RETURN n;', ['cypher-syntax-error']],
    ['an unknown variable', 'MATCH (n) RETURN m;', ['cypher-syntax-error']],
    ['a parameter', 'MATCH (n:P {id: $id}) RETURN n;', []],
    [
      'schema beside data',
      'CREATE INDEX p_a IF NOT EXISTS FOR (p:P) ON (p.a);\nCREATE (:P {a: 1});',
      ['cypher-mixed-schema-and-data'],
    ],
    [
      'a delete of everything inside a subquery',
      'CALL { MATCH (n) DETACH DELETE n };',
      ['cypher-unbounded-delete'],
    ],
    [
      'a delete of everything that IN TRANSACTIONS does not cut, as there is one row',
      'CALL { MATCH (n) DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS;',
      ['cypher-unbounded-delete'],
    ],
    [
      'a delete for each match without transactions',
      'MATCH (n) CALL (n) { DETACH DELETE n };',
      ['cypher-unbounded-delete'],
    ],
    [
      'a delete of what belongs to the row of a batch',
      'MATCH (n:P) CALL { WITH n MATCH (n)-[:R]->(m) DETACH DELETE m } IN TRANSACTIONS OF 10 ROWS;',
      [],
    ],
    ['a delete in a loop', 'MATCH (n:P) FOREACH (x IN [n] | DELETE x);', ['cypher-unbounded-delete']],
    [
      'a delete beside one that is named',
      "MATCH (a:P {id: 'x'}) MATCH (b) DETACH DELETE b;",
      ['cypher-unbounded-delete'],
    ],
    ['a delete around one node', "MATCH (a:P {id: 'x'}) MATCH (a)-[:R]->(b) DETACH DELETE b;", []],
    ['a node for every match', 'MATCH (n:P) MERGE (:Q {id: n.id});', ['cypher-unbatched-write']],
    ['an edge between two nodes', 'MATCH (a:P {id: 1}), (b:P {id: 2}) MERGE (a)-[:R]->(b);', []],
    [
      'batches whose errors nobody sees',
      'MATCH (n:P) CALL (n) { SET n.a = 1 } IN TRANSACTIONS OF 10 ROWS ON ERROR CONTINUE;',
      ['cypher-errors-unseen'],
    ],
    [
      'batches whose errors are reported',
      'MATCH (n:P) CALL (n) { SET n.a = 1 } IN TRANSACTIONS OF 10 ROWS ON ERROR BREAK REPORT STATUS AS s RETURN s;',
      [],
    ],
    [
      'batches of APOC',
      'CALL apoc.periodic.iterate("MATCH (n:P) RETURN n", "DETACH DELETE n", {}) YIELD failedOperations RETURN failedOperations;',
      [],
    ],
    [
      'batches of APOC whose errors nobody sees',
      'CALL apoc.periodic.iterate("MATCH (n:P) RETURN n", "SET n.a = 1", {});',
      ['cypher-errors-unseen'],
    ],
    [
      'batches of APOC that match everything themselves',
      'CALL apoc.periodic.iterate("UNWIND [1] AS i RETURN i", "MATCH (n) DETACH DELETE n", {}) YIELD errorMessages RETURN errorMessages;',
      ['cypher-unbounded-delete'],
    ],
    [
      'a text that does not parse',
      "CALL apoc.cypher.doIt('MATCH (n DELETE \\'n\\'', {}) YIELD value RETURN value;",
      ['cypher-syntax-error', 'cypher-unbounded-delete'],
    ],
    [
      'a text that is put together',
      'CALL apoc.cypher.doIt("MATCH (n) " + $what, {}) YIELD value RETURN value;',
      ['cypher-text-not-judged'],
    ],
    ['LOAD CSV that only counts', "LOAD CSV FROM 'file:///a.csv' AS l RETURN count(*);", []],
    [
      'LOAD CSV inside the transaction of the one row',
      "CALL { LOAD CSV FROM 'file:///a.csv' AS l CREATE (:P {a: l[0]}) } IN TRANSACTIONS;",
      ['cypher-load-csv'],
    ],
    [
      'a constraint with a keyword for a name',
      'CREATE CONSTRAINT exists FOR (p:P) REQUIRE p.id IS UNIQUE;',
      ['cypher-constraint-scan', 'cypher-not-repeatable'],
    ],
    [
      'the syntax of Neo4j 4 that 5 refuses',
      'CREATE CONSTRAINT p_id IF NOT EXISTS ON (p:P) ASSERT p.id IS UNIQUE;',
      ['cypher-constraint-scan', 'cypher-syntax-error'],
    ],
    [
      'keywords in comments, texts and names',
      '/* MATCH (n) DELETE n; */ CREATE (:`DROP; DATABASE` {t: "MATCH (n) DELETE n; // x"}); // DROP INDEX i;',
      [],
    ],
    ['a node that WHERE names', 'MATCH (n:P) WHERE n.id = $id DETACH DELETE n;', []],
    ['a node that WHERE names the other way round', 'MATCH (n:P) WHERE $id = n.`id` DELETE n;', []],
    ['a list of nodes', 'MATCH (n:P) WHERE n.mail IN $mails AND n.old SET n.x = 1;', []],
    ['nodes by their element ids', 'MATCH (n) WHERE elementId(n) IN $ids DETACH DELETE n;', []],
    ['a node for each row', 'UNWIND $rows AS row MATCH (n:P) WHERE n.id = row.id SET n += row;', []],
    [
      'what a tied node is compared with',
      'MATCH (a:P), (b:P) WHERE b.id = a.next AND a.id = 1 SET b.x = 1;',
      [],
    ],
    [
      'a condition that is tied by nothing',
      'MATCH (a:P), (b:P) WHERE a.mail = b.mail MERGE (a)-[:SAME]->(b);',
      ['cypher-unbatched-write'],
    ],
    [
      'one of two conditions',
      'MATCH (n:P) WHERE n.id = 1 OR n.age > 3 DETACH DELETE n;',
      ['cypher-unbounded-delete'],
    ],
    ['all but one node', 'MATCH (n:P) WHERE NOT n.id = 1 DETACH DELETE n;', ['cypher-unbounded-delete']],
    [
      'a truth value, which half of the graph may have',
      'MATCH (n:P {gone: true}) DETACH DELETE n;',
      ['cypher-unbounded-delete'],
    ],
    [
      'a property that sorts nodes into kinds',
      "MATCH (n:P) WHERE n.status = 'old' SET n.x = 1;",
      ['cypher-unbatched-write'],
    ],
    [
      'a delete by APOC',
      'MATCH (n:P) CALL apoc.nodes.delete(n, 100) YIELD value RETURN value;',
      ['cypher-unbounded-delete'],
    ],
    [
      'a write by APOC',
      "MATCH (n:P) CALL apoc.create.setProperty(n, 'x', 1) YIELD node RETURN count(node);",
      ['cypher-unbatched-write'],
    ],
    [
      'a procedure that reads',
      "MATCH (n:P) CALL apoc.path.expand(n, 'R', '', 1, 2) YIELD path RETURN path;",
      [],
    ],
    ['a procedure of a plug-in', 'CALL com.acme.repair();', ['cypher-procedure-not-judged']],
    [
      'a trigger that deletes',
      "CALL apoc.trigger.add('t', 'MATCH (n) DETACH DELETE n', {});",
      ['cypher-unbounded-delete'],
    ],
    [
      'rows of a file by APOC',
      "CALL apoc.load.json('https://example.org/a.json') YIELD value MERGE (:P {id: value.id});",
      ['cypher-load-csv', 'cypher-load-csv-remote'],
    ],
    [
      'all the schema of others',
      'CALL apoc.schema.assert({}, {}) YIELD label RETURN label;',
      ['cypher-drop-other-schema'],
    ],
    [
      'schema that is only added to',
      "CALL apoc.schema.assert({}, {P: ['id']}, false) YIELD label RETURN label;",
      [],
    ],
    ['a replaced database', 'CREATE OR REPLACE DATABASE shop;', ['cypher-drop-database']],
    ['a new user', "CREATE USER bob SET PASSWORD 'x';", ['cypher-server-command']],
    ['rights', 'GRANT ALL ON DATABASE * TO PUBLIC;', ['cypher-server-command']],
    ['what is only shown', 'SHOW INDEXES;', []],
    ['nothing', '', ['migration-empty']],
    ['only a comment', '// CREATE (:P);\n', ['migration-empty']],
  ])('%s', async (_, text, codes) => {
    expect([...new Set((await only(text)).codes)]).toEqual(codes);
  });

  it('in another encoding than UTF-8 are not judged by what they seem to say', async () => {
    const bytes = Buffer.from("CREATE (:P {name: 'Zoé'});", 'latin1');
    const { result, find } = await judge({ files: { 'migrations/V1__x.cypher': bytes } });
    expect(result.verdict).toBe('fail');
    expect(find('cypher-syntax-error')?.message).toContain('not UTF-8');
  });

  it('are judged at the line of the statement', async () => {
    const { find } = await only(
      '// first; not a statement\nCREATE (:P);\n\n/* then */ MATCH (n) DELETE n;\n',
    );
    expect(find('cypher-unbounded-delete')).toMatchObject({ path: 'migrations/V1__x.cypher', line: 4 });
  });

  it('need a way back or a plan', async () => {
    const text = 'MATCH (n:P {id: 1}) DELETE n;';
    const files = { 'migrations/V1__x.cypher': text };
    expect((await judge({ files })).codes).toEqual(['irreversible']);
    const undo = { ...files, 'migrations/U1__x.cypher': 'CREATE (:P {id: 1});' };
    expect((await judge({ files: undo })).codes).toEqual([]);
    const plan = { 'migrations/V1__x.cypher': `// forward-fix: import it from the archive\n${text}` };
    expect((await judge({ files: plan })).codes).toEqual([]);
  });

  it('can be excused like any rule', async () => {
    const { result } = await judge({
      files: { 'migrations/V1__x.cypher': 'DROP DATABASE old;' },
      options: {
        irreversible: 'allow',
        exceptions: [
          { rule: 'cypher-drop-database', path: 'migrations/*', reason: 'It was empty from the start.' },
        ],
      },
    });
    expect(result.verdict).toBe('pass');
  });

  it('that the base has already are left alone', async () => {
    const files = { 'migrations/V1__x.cypher': 'MATCH (n) DELETE n;' };
    expect((await judge({ files, base: files })).codes).toEqual([]);
  });
});
