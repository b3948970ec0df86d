import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, visit, type YAMLMap } from 'yaml';

/** Values that a manifest may have once its aliases are resolved; aliases of aliases multiply. */
const maxNodes = 100_000;

/**
 * Puts in the place of every alias what it stands for, and of every merge key (`<<`) the pairs it brings along, as the
 * cluster reads them. Changes the document. Null, or a sentence when it grows too large, or an alias leads nowhere or
 * into itself.
 */
export function resolveAliases(document: Document): string | null {
  let problem: string | null = null;
  let nodes = 0;
  visit(document, (_, node, path) => {
    nodes += 1;
    if (nodes > maxNodes) problem = `its aliases make more than ${maxNodes} values of it`;
    if (problem !== null) return visit.BREAK;
    if (!isAlias(node)) return;
    const target = node.resolve(document);
    if (target !== undefined && !path.includes(target)) return target;
    problem = `the alias *${node.source} leads ${target === undefined ? 'nowhere' : 'into itself'}`;
    return visit.BREAK;
  });
  if (problem !== null) return problem;
  visit(document, { Map: (_, map) => mergeKeys(map) });
  return null;
}

function mergeKeys(map: YAMLMap): undefined {
  const merges = map.items.filter(isMerge);
  if (merges.length === 0) return;
  map.items = map.items.filter((pair) => !isMerge(pair));
  for (const { value } of merges) {
    const sources = isSeq(value) ? value.items : [value];
    for (const source of sources.filter((one) => isMap(one))) {
      mergeKeys(source);
      map.items.push(...source.items.filter(({ key }) => !map.has(key)));
    }
  }
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.value === '<<';
}
