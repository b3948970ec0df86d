/** A node of Neo4j's parse tree: a rule with children, or a token with none. */
export interface CypherNode {
  readonly name: string;
  readonly children?: readonly CypherNode[] | undefined;
}

/** One statement, parsed by Neo4j's own parser. Offsets are UTF-16 units of the file's text. */
export interface CypherStatement {
  readonly start: number;
  readonly tree: CypherNode;
  /** Variables that are bound before it begins, by the procedure that runs it. */
  readonly given: readonly string[];
}

/** Every node of this rule, outermost first. */
export function* nodesOf(tree: CypherNode, rule: string): Generator<CypherNode> {
  if (tree.name === rule) yield tree;
  for (const child of tree.children ?? []) yield* nodesOf(child, rule);
}

export function has(tree: CypherNode, rule: string): boolean {
  return !nodesOf(tree, rule).next().done;
}

/** Whether a keyword stands directly below the node. */
export function hasWord(node: CypherNode, word: string): boolean {
  return (node.children ?? []).some((child) => isToken(child) && child.name.toUpperCase() === word);
}

/** The tokens below a node, in order. */
export function tokensOf(node: CypherNode): string[] {
  return isToken(node) ? [node.name] : (node.children ?? []).flatMap(tokensOf);
}

/** The names of the variables below a node. */
export function variablesIn(tree: CypherNode): ReadonlySet<string> {
  return new Set([...nodesOf(tree, 'variable')].map((node) => tokensOf(node).join('')));
}

/** The clauses of the outermost query below a node, in order; those of subqueries belong to their own clause. */
export function topClauses(node: CypherNode): CypherNode[] {
  return (node.children ?? []).flatMap((child) =>
    child.name === 'clause' ? [...(child.children ?? [])] : topClauses(child),
  );
}

function isToken(node: CypherNode): boolean {
  return (node.children ?? []).length === 0;
}
