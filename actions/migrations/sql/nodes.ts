import type { Node } from 'libpg-query';

/** Every kind of node that the Postgres grammar makes, and the value behind each. */
export type NodeKind = Node extends infer One ? (One extends One ? keyof One : never) : never;
export type NodeOf<Kind extends NodeKind> = Extract<Node, Record<Kind, unknown>>[Kind];

/** The value of a node when it is of this kind. */
export function as<Kind extends NodeKind>(node: Node | undefined, kind: Kind): NodeOf<Kind> | undefined {
  return node === undefined ? undefined : (node as unknown as Partial<Record<Kind, NodeOf<Kind>>>)[kind];
}

/** The kind of a node: the one key that the parser wraps a value in. */
export function kindOf(node: Node): NodeKind {
  // A loop: Object.keys makes a list for each of many thousand statements.
  for (const kind in node) return kind as NodeKind;
  throw new TypeError('a node of the parse tree has no kind');
}

/** The values of the nodes that are of this kind. */
export function all<Kind extends NodeKind>(nodes: readonly Node[] | undefined, kind: Kind): NodeOf<Kind>[] {
  if (nodes === undefined) return [];
  // Rules ask this of every statement: most lists hold one node, and pushing makes room for seventeen.
  if (nodes.length === 1) {
    const value = as(nodes[0], kind);
    return value === undefined ? [] : [value];
  }
  const found: NodeOf<Kind>[] = [];
  for (const node of nodes) {
    const value = as(node, kind);
    if (value !== undefined) found.push(value);
  }
  return found;
}

/** `["pg_catalog", "int4"]` of a list of String nodes. */
export function words(nodes: readonly Node[] | undefined): string[] {
  return all(nodes, 'String').map((one) => one.sval ?? '');
}
