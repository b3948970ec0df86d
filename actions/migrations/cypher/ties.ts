import { type CypherNode, nodesOf, tokensOf, variablesIn } from './tree.ts';

/**
 * What of a pattern or a condition ties a variable down to few nodes: equality with one value, a list of them, or a
 * variable that is tied itself. Equality with a truth value, or of a property that sorts nodes into kinds, does not:
 * half of the graph may be `active`.
 */
const sorting =
  /^(?:is_?\w+|has_?\w+|status|state|type|kind|category|class|role|level|tier|phase|stage|version|year|month|day|country|region|locale|language|currency|gender|source|tenant(?:_?id)?|org(?:anisation|anization)?(?:_?id)?|deleted|active|enabled|archived|verified|public|flag\w*)$/i;

/** Whether the properties of some node or edge in the pattern tie it down. */
export function isTiedByProperties(pattern: CypherNode): boolean {
  return [...nodesOf(pattern, 'properties')].some((properties) => {
    const [map] = nodesOf(properties, 'map');
    return map === undefined || entriesOf(map).some(([key, value]) => ties(key, value));
  });
}

function entriesOf(map: CypherNode): (readonly [string, CypherNode])[] {
  const children = map.children ?? [];
  return children.flatMap((child, index) => {
    const value = children[index + 2];
    return child.name === 'propertyKeyName' && value !== undefined ? [[nameIn(child), value] as const] : [];
  });
}

function ties(key: string, value: CypherNode): boolean {
  const words = tokensOf(value);
  const truth = words.length === 1 && /^(?:true|false|null)$/i.test(words[0] ?? '');
  return !truth && !sorting.test(key);
}

/** A variable that a condition ties down if the variables on the other side are. */
export interface Tie {
  readonly variable: string;
  readonly to: ReadonlySet<string>;
}

/** What the `WHERE` of a clause ties down; only what always holds counts, nothing below OR, XOR or NOT. */
export function tiesIn(clause: CypherNode): readonly Tie[] {
  const [where] = (clause.children ?? []).flatMap((child) => [...nodesOf(child, 'whereClause')]);
  return where === undefined ? [] : conjunctsOf(where).flatMap(tiesOfComparison);
}

/** The parts of a condition that are joined by AND. */
function conjunctsOf(node: CypherNode): CypherNode[] {
  const children = (node.children ?? []).filter(({ name }) => !/^(?:where|and|\(|\))$/i.test(name));
  if (children.some(({ name }) => /^(?:or|xor|not)$/i.test(name))) return [];
  if (node.name === 'expression8' && children.length > 1) return [node];
  if (node.name === 'expression7' && children.length > 1) return [node];
  return children.flatMap(conjunctsOf);
}

/** `n.id = $id`, `$id = n.id`, `elementId(n) = 'x'`, `n.id IN [1, 2]`. */
function tiesOfComparison(node: CypherNode): Tie[] {
  const children = node.children ?? [];
  const [left, middle, right] = children;
  if (left === undefined || middle === undefined) return [];
  if (node.name === 'expression8') {
    if (children.length !== 3 || right === undefined || middle.name !== '=') return [];
    return [...tieOf(left, right), ...tieOf(right, left)];
  }
  const [word, list] = middle.children ?? [];
  const isIn = middle.name === 'comparisonExpression6' && /^in$/i.test(word?.name ?? '');
  return isIn && list !== undefined ? tieOf(left, list) : [];
}

function tieOf(side: CypherNode, other: CypherNode): Tie[] {
  // A function without a namespace has an empty one.
  const words = tokensOf(side).filter((word) => word !== 'namespace');
  const to = variablesIn(other);
  if (/^(?:element)?id$/i.test(words[0] ?? '') && words[1] === '(' && words.length === 4)
    return [{ variable: words[2] ?? '', to }];
  const [variable = '', dot, key = ''] = words;
  return words.length === 3 && dot === '.' && ties(plain(key), other) ? [{ variable, to }] : [];
}

function nameIn(node: CypherNode): string {
  return plain(tokensOf(node).join(''));
}

const plain = (name: string): string => name.replaceAll('`', '');
