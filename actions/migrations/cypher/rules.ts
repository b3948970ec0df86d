import type { Finding } from '../../../core/gate/result.ts';
import type { CypherStatement } from './read.ts';
import { type CypherNode, clausesOf, has, hasWord, nodesOf, tokensOf } from './tree.ts';

/** One thing that goes wrong when Cypher meets a graph in use. */
export interface CypherRule {
  readonly name: string;
  readonly level: Finding['level'];
  readonly danger: string;
  readonly help: string;
  /** What to say about the statement, or null. */
  check(statement: CypherStatement): string | null;
}

const batches = 'CALL (n) { … } IN TRANSACTIONS OF 10000 ROWS';

/** Every rule for Cypher, in the order of its name. */
export const cypherRules: readonly CypherRule[] = [
  {
    name: 'cypher-constraint-scan',
    level: 'warning',
    danger:
      'A new constraint reads every node with the label, keeps writers of it out, and fails on the first violation.',
    help: 'Count the violations in a migration before, and run this one when few write to the label.',
    check: ({ tree }) =>
      has(tree, 'createConstraint')
        ? `The constraint on ${labelsIn(tree)} is checked against all that is there while writers wait.`
        : null,
  },
  {
    name: 'cypher-drop-database',
    level: 'error',
    danger: 'The database is gone.',
    help: 'Keep DROP DATABASE out of migrations; it is an operation of its own, with a backup before it.',
    check: ({ tree }) => (has(tree, 'dropDatabase') ? 'This drops a whole database.' : null),
  },
  {
    name: 'cypher-load-csv',
    level: 'error',
    danger:
      'LOAD CSV in one transaction holds every row in memory and locks all that it writes until the end.',
    help: `Wrap what follows LOAD CSV in ${batches}.`,
    check: ({ tree }) =>
      has(tree, 'loadCSVClause') && !inTransactions(tree)
        ? 'LOAD CSV writes the whole file in one transaction.'
        : null,
  },
  {
    name: 'cypher-load-csv-remote',
    level: 'warning',
    danger: 'A file from another server may be gone, slow or different when the migration runs again.',
    help: 'Put the file into the import folder as part of the release, and use a file:/// address.',
    check: ({ tree }) => {
      const [csv] = nodesOf(tree, 'loadCSVClause');
      const source =
        csv === undefined ? '' : (tokensOf(csv).find((token) => /^["'](?:https?|ftp):/i.test(token)) ?? '');
      return source === '' ? null : 'LOAD CSV reads from another server.';
    },
  },
  {
    name: 'cypher-not-repeatable',
    level: 'warning',
    danger: 'A migration that stops half way cannot be run again: the object is there, or gone, already.',
    help: 'Add IF NOT EXISTS to CREATE, or IF EXISTS to DROP.',
    check: ({ tree }) => {
      const creates = [...schemaNodes(tree, 'create')].some((node) => !hasBelow(node, 'EXISTS'));
      const drops = [...schemaNodes(tree, 'drop')].some((node) => !hasBelow(node, 'EXISTS'));
      if (creates) return 'Run a second time, this fails because the object exists.';
      return drops ? 'Run a second time, this fails because the object is gone.' : null;
    },
  },
  {
    name: 'cypher-unbatched-write',
    level: 'warning',
    danger: 'A write to all matches in one transaction locks every one of them and may run out of memory.',
    help: `Put the write into ${batches}.`,
    check: ({ tree }) => {
      const clauses = clausesOf(tree);
      const writes = clauses.some(
        ({ name }) => name === 'setClause' || name === 'removeClause' || name === 'foreachClause',
      );
      return writes && isUnbounded(clauses) ? 'This writes to every match in one transaction.' : null;
    },
  },
  {
    name: 'cypher-unbounded-delete',
    level: 'error',
    danger: 'MATCH … DELETE without a bound locks and holds all that it deletes in one transaction.',
    help: `Delete in batches: MATCH (n) … ${batches.replace('…', 'DETACH DELETE n')}.`,
    check: ({ tree }) => {
      const clauses = clausesOf(tree);
      const deletes = clauses.some(({ name }) => name === 'deleteClause');
      return deletes && isUnbounded(clauses) ? 'This deletes every match in one transaction.' : null;
    },
  },
  {
    name: 'cypher-unnamed-schema',
    level: 'warning',
    danger: 'Neo4j makes up a name, a different one on each server: no later migration can drop it.',
    help: 'Give the constraint or index a name.',
    check: ({ tree }) =>
      [...schemaNodes(tree, 'create')].some((node) => !isNamed(node))
        ? 'The constraint or index has no name of its own.'
        : null,
  },
];

/** MATCH without a LIMIT between it and the write, and not cut into transactions. */
function isUnbounded(clauses: readonly CypherNode[]): boolean {
  const matches = clauses.some(({ name }) => name === 'matchClause');
  const limited = clauses.some((clause) => clause.name === 'withClause' && has(clause, 'limit'));
  return matches && !limited && !clauses.some((clause) => pinsOneNode(clause));
}

/** `MATCH (n:Person {id: $id})`: properties in the pattern name what is meant. */
function pinsOneNode(clause: CypherNode): boolean {
  return (
    clause.name === 'matchClause' && [...nodesOf(clause, 'pattern')].every((one) => has(one, 'properties'))
  );
}

function inTransactions(tree: CypherNode): boolean {
  return has(tree, 'subqueryInTransactionsParameters');
}

function* schemaNodes(tree: CypherNode, verb: 'create' | 'drop'): Generator<CypherNode> {
  const command = verb === 'create' ? 'createCommand' : 'dropCommand';
  const rules = verb === 'create' ? ['createConstraint', 'createIndex'] : ['dropConstraint', 'dropIndex'];
  for (const node of nodesOf(tree, command)) {
    if (rules.some((rule) => has(node, rule)) && !hasWord(node, 'OR')) yield node;
  }
}

function hasBelow(node: CypherNode, word: string): boolean {
  return tokensOf(node).some((token) => token.toUpperCase() === word);
}

/** The name stands between the kind of the object and IF or FOR. */
function isNamed(node: CypherNode): boolean {
  const words = tokensOf(node).map((token) => token.toUpperCase());
  const kind = Math.max(words.indexOf('CONSTRAINT'), words.indexOf('INDEX'));
  const next = words[kind + 1] ?? '';
  return next !== 'FOR' && next !== 'ON' && !(next === 'IF' && words[kind + 2] === 'NOT');
}

function labelsIn(tree: CypherNode): string {
  const labels = [...nodesOf(tree, 'labelType'), ...nodesOf(tree, 'relType')].map((node) =>
    tokensOf(node).at(-1),
  );
  return labels.length === 0 ? 'the label' : labels.map((label) => `\`${label}\``).join(', ');
}
