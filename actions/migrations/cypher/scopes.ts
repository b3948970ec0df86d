import { isTiedByProperties, tiesIn } from './ties.ts';
import {
  type CypherNode,
  type CypherStatement,
  has,
  nodesOf,
  tokensOf,
  topClauses,
  variablesIn,
} from './tree.ts';

/** What one transaction does: its clauses in order, and the variables that are given to it for each row. */
export interface CypherScope {
  readonly clauses: readonly CypherNode[];
  readonly given: ReadonlySet<string>;
}

/**
 * The transactions of a statement. A subquery belongs to the query around it, unless it runs IN TRANSACTIONS: then what it
 * matches itself is one transaction for each row, and only what it is given is cut into batches.
 */
export function scopesOf({ tree, given }: CypherStatement): readonly CypherScope[] {
  const [query] = nodesOf(tree, 'regularQuery');
  return query === undefined ? [] : scopesBelow(query, new Set(given), variablesIn(tree));
}

function scopesBelow(
  query: CypherNode,
  given: ReadonlySet<string>,
  all: ReadonlySet<string>,
): readonly CypherScope[] {
  const own: CypherNode[] = [];
  const apart: CypherScope[] = [];
  const walk = (clause: CypherNode): void => {
    if (clause.name !== 'subqueryClause') own.push(clause);
    else if (!has(clause, 'subqueryInTransactionsParameters')) topClauses(clause).forEach(walk);
    else apart.push(...scopesBelow(clause, importedBy(clause, all), all));
  };
  topClauses(query).forEach(walk);
  return [{ clauses: own, given }, ...apart];
}

/** `CALL (a, b) {`, `CALL (*) {`, and the older `CALL { WITH a, b`. */
function importedBy(subquery: CypherNode, all: ReadonlySet<string>): ReadonlySet<string> {
  const [scope] = nodesOf(subquery, 'subqueryScope');
  if (scope !== undefined) return tokensOf(scope).includes('*') ? all : variablesIn(scope);
  const [first] = topClauses(subquery);
  return first?.name === 'withClause' ? variablesIn(first) : new Set();
}

/** Whether the scope matches without a bound: no LIMIT, and a pattern that nothing given or named by its properties ties down. */
export function isUnbounded({ clauses, given }: CypherScope): boolean {
  if (clauses.some((clause) => clause.name === 'withClause' && has(clause, 'limit'))) return false;
  const tied = new Set([...given, ...valuesIn(clauses)]);
  const conditions = clauses.flatMap((clause) =>
    ['matchClause', 'withClause'].includes(clause.name) ? tiesIn(clause) : [],
  );
  const patterns = clauses
    .filter(({ name }) => name === 'matchClause')
    .flatMap((clause) => [...nodesOf(clause, 'pattern')]);
  const open = new Set(patterns);
  // Each pattern that is tied ties what the conditions and the other patterns compare it with.
  for (let found = true; found; ) {
    const before = tied.size;
    for (const { variable, to } of conditions) if (to.isSubsetOf(tied)) tied.add(variable);
    for (const pattern of open) {
      const variables = variablesIn(pattern);
      if (!isTiedByProperties(pattern) && variables.isDisjointFrom(tied)) continue;
      open.delete(pattern);
      for (const variable of variables) tied.add(variable);
    }
    found = tied.size > before;
  }
  return open.size > 0;
}

/** What UNWIND and LOAD CSV bind is one value a row. */
function valuesIn(clauses: readonly CypherNode[]): string[] {
  return clauses
    .filter(({ name }) => name === 'unwindClause' || name === 'loadCSVClause')
    .flatMap((clause) => (clause.children ?? []).filter(({ name }) => name === 'variable'))
    .map((node) => tokensOf(node).join(''));
}
