import type { Finding } from '../../../core/gate/result.ts';
import {
  dropsErrors,
  dropsOtherSchema,
  effectOf,
  hasCall,
  hidesStatement,
  loadsFile,
  type ProcedureEffect,
} from './procedures.ts';
import { isUnbounded, scopesOf } from './scopes.ts';
import { type CypherNode, type CypherStatement, has, hasWord, nodesOf, tokensOf } from './tree.ts';

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
    check: ({ tree }) =>
      has(tree, 'dropDatabase') || replacesDatabase(tree) ? 'This drops a whole database.' : null,
  },
  {
    name: 'cypher-drop-other-schema',
    level: 'error',
    danger: 'apoc.schema.assert drops every index and constraint that it is not given, also those of others.',
    help: 'Give it `false` as third argument, or drop single objects by name.',
    check: ({ tree }) =>
      dropsOtherSchema(tree) ? 'This drops every index and constraint that is not named here.' : null,
  },
  {
    name: 'cypher-errors-unseen',
    level: 'warning',
    danger:
      'ON ERROR CONTINUE, ON ERROR BREAK and apoc.periodic.iterate succeed although batches failed: the migration counts as done.',
    help: 'Let it fail (ON ERROR FAIL), or read REPORT STATUS AS s, or YIELD failedOperations, errorMessages.',
    check: ({ tree }) =>
      goesOnSilently(tree) || dropsErrors(tree)
        ? 'Batches that fail are passed over and nobody is told.'
        : null,
  },
  {
    name: 'cypher-load-csv',
    level: 'error',
    danger:
      'LOAD CSV (or apoc.load) in one transaction holds every row in memory and locks all that it writes until the end.',
    help: `Wrap what follows LOAD CSV in ${batches}.`,
    check: (statement) =>
      scopesOf(statement).some(
        ({ clauses }) => clauses.some(isLoad) && clauses.some((clause) => isWrite(clause) && !isLoad(clause)),
      )
        ? 'This writes the whole file in one transaction.'
        : null,
  },
  {
    name: 'cypher-load-csv-remote',
    level: 'warning',
    danger: 'A file from another server may be gone, slow or different when the migration runs again.',
    help: 'Put the file into the import folder as part of the release, and use a file:/// address.',
    check: ({ tree }) => {
      const loads = [...nodesOf(tree, 'loadCSVClause'), ...[...nodesOf(tree, 'callClause')].filter(isLoad)];
      const remote = loads.flatMap(tokensOf).some((token) => /^["'](?:https?|ftp|s3|gs|hdfs):/i.test(token));
      return remote ? 'This reads from another server.' : null;
    },
  },
  {
    name: 'cypher-not-repeatable',
    level: 'warning',
    danger: 'A migration that stops half way cannot be run again: the object is there, or gone, already.',
    help: 'Add IF NOT EXISTS to CREATE, or IF EXISTS to DROP.',
    check: ({ tree }) => {
      const creates = [...schemaNodes(tree, 'create')].some((node) => !isGuarded(node));
      const drops = [...schemaNodes(tree, 'drop')].some((node) => !isGuarded(node));
      if (creates) return 'Run a second time, this fails because the object exists.';
      return drops ? 'Run a second time, this fails because the object is gone.' : null;
    },
  },
  {
    name: 'cypher-procedure-not-judged',
    level: 'warning',
    danger: 'A procedure that does not come with Neo4j, APOC or GDS can do anything.',
    help: 'Write what it does as Cypher, or list the rule in exclude_rules once somebody has read the procedure.',
    check: ({ tree }) => (hasCall(tree, 'unknown') ? 'What this procedure does cannot be read here.' : null),
  },
  {
    name: 'cypher-server-command',
    level: 'warning',
    danger:
      'Users, rights, aliases and databases are of the server, not of this graph: no undo file gives them back.',
    help: 'Keep it with the configuration of the server, where its administrators review it.',
    check: ({ tree }) =>
      isServerCommand(tree) ? 'This changes the server, not the graph that the migration is of.' : null,
  },
  {
    name: 'cypher-text-not-judged',
    level: 'warning',
    danger: 'A statement that is put together as it runs, or read from a file, can do anything.',
    help: 'Give the procedure its statement as one literal text, or write it as a statement of the migration.',
    check: ({ tree }) => (hidesStatement(tree) ? 'This runs a statement that cannot be read here.' : null),
  },
  {
    name: 'cypher-unbatched-write',
    level: 'warning',
    danger: 'A write to all matches in one transaction locks every one of them and may run out of memory.',
    help: `Put the write into ${batches}.`,
    check: (statement) =>
      scopesOf(statement).some((scope) => scope.clauses.some(isUpdate) && isUnbounded(scope))
        ? 'This writes to every match, or for every match, in one transaction.'
        : null,
  },
  {
    name: 'cypher-unbounded-delete',
    level: 'error',
    danger: 'MATCH … DELETE without a bound locks and holds all that it deletes in one transaction.',
    help: `Delete in batches: MATCH (n) … ${batches.replace('…', 'DETACH DELETE n')}.`,
    check: (statement) =>
      scopesOf(statement).some((scope) => scope.clauses.some(isDelete) && isUnbounded(scope))
        ? 'This deletes every match in one transaction.'
        : null,
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

const updates = ['setClause', 'removeClause', 'createClause', 'mergeClause', 'foreachClause'];
const isDelete = (clause: CypherNode): boolean =>
  clause.name === 'deleteClause' ||
  (clause.name === 'foreachClause' && has(clause, 'deleteClause')) ||
  calls(clause, 'deletes');
const isUpdate = (clause: CypherNode): boolean =>
  (updates.includes(clause.name) && !isDelete(clause)) || calls(clause, 'updates');
const isWrite = (clause: CypherNode): boolean =>
  isDelete(clause) || isUpdate(clause) || clause.name === 'callClause';
const calls = (clause: CypherNode, effect: ProcedureEffect): boolean =>
  clause.name === 'callClause' && effectOf(clause) === effect;

const isLoad = (clause: CypherNode): boolean =>
  clause.name === 'loadCSVClause' || (clause.name === 'callClause' && loadsFile(clause));

/** Every command but SHOW, those on indexes and constraints, and DROP DATABASE, which is worse. */
function isServerCommand(tree: CypherNode): boolean {
  return [...nodesOf(tree, 'command')].some((command) => {
    const words = tokensOf(command).map((token) => token.toUpperCase());
    const [verb = '', ...rest] = words;
    const what = rest.find((word) => !['OR', 'REPLACE', 'COMPOSITE', 'IMMUTABLE'].includes(word)) ?? '';
    if (verb === 'CREATE')
      return ['USER', 'ROLE', 'ALIAS', 'DATABASE'].includes(what) && !replacesDatabase(tree);
    if (verb === 'DROP') return ['USER', 'ROLE', 'ALIAS', 'SERVER'].includes(what);
    return verb !== 'SHOW';
  });
}

/** `CREATE OR REPLACE DATABASE`. */
function replacesDatabase(tree: CypherNode): boolean {
  return [...nodesOf(tree, 'createCommand')].some(
    (node) =>
      hasWord(node, 'REPLACE') && (has(node, 'createDatabase') || has(node, 'createCompositeDatabase')),
  );
}

/** `ON ERROR CONTINUE` or `BREAK` without `REPORT STATUS`. */
function goesOnSilently(tree: CypherNode): boolean {
  return [...nodesOf(tree, 'subqueryInTransactionsParameters')].some(
    (node) =>
      (hasBelow(node, 'CONTINUE') || hasBelow(node, 'BREAK')) &&
      !has(node, 'subqueryInTransactionsReportParameters'),
  );
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

/** `IF NOT EXISTS` or `IF EXISTS`; either word alone may be a name. */
function isGuarded(node: CypherNode): boolean {
  return / IF (?:NOT )?EXISTS(?: |$)/i.test(` ${tokensOf(node).join(' ')} `);
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
