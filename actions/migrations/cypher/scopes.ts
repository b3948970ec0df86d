import { type CypherNode, type CypherStatement, has, nodesOf, tokensOf, topClauses } from './tree.ts';

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

export function variablesIn(tree: CypherNode): ReadonlySet<string> {
  return new Set([...nodesOf(tree, 'variable')].map((node) => tokensOf(node).join('')));
}

/** Whether the scope matches without a bound: no LIMIT, and a pattern that nothing given or named by its properties ties down. */
export function isUnbounded({ clauses, given }: CypherScope): boolean {
  if (clauses.some((clause) => clause.name === 'withClause' && has(clause, 'limit'))) return false;
  const tied = new Set(given);
  let unbounded = false;
  for (const clause of clauses.filter(({ name }) => name === 'matchClause')) {
    for (const pattern of nodesOf(clause, 'pattern')) {
      const variables = variablesIn(pattern);
      if (!has(pattern, 'properties') && variables.isDisjointFrom(tied)) unbounded = true;
      else for (const variable of variables) tied.add(variable);
    }
  }
  return unbounded;
}
