import { RegoSet } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import { objectGet } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, define, elementsOf, elementsOperand, objectOperand } from './builtin.ts';

function reachable(args: readonly Value[]): Value {
  const graph = objectOperand(args, 1);
  const found = new RegoSet();
  const waiting = [...elementsOperand(args, 2, 'one of {array, set}')];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    const edges = objectGet(graph, next);
    if (edges === undefined) continue;
    found.add(next);
    waiting.push(...(elementsOf(edges) ?? []));
  }
  return found;
}

/** Every path that starts at an initial node and ends where it can go no further, or would close a circle. */
function reachablePaths(args: readonly Value[], { budget }: Parameters<Builtin['evaluate']>[1]): Value {
  const graph = objectOperand(args, 1);
  const found = new RegoSet();
  const follow = (path: readonly Value[], on: RegoSet): void => {
    budget.charge(path.length + 1);
    const last = path.at(-1) as Value;
    const edges = elementsOf(objectGet(graph, last) ?? null) ?? [];
    const onwards = edges.filter(
      (node) => objectGet(graph, node) !== undefined || typeName(node) === 'string',
    );
    const fresh = onwards.filter((node) => objectGet(graph, node) !== undefined && !on.has(node));
    if (fresh.length < onwards.length || fresh.length === 0) found.add(path);
    for (const node of fresh) follow([...path, node], RegoSet.of([...on.values(), node]));
  };
  for (const node of elementsOperand(args, 2, 'one of {array, set}')) {
    if (objectGet(graph, node) !== undefined) follow([node], RegoSet.of([node]));
  }
  return found;
}

export const graphs: readonly Builtin[] = [
  define('graph.reachable', ['object', ['array', 'set']], 'set', reachable),
  define('graph.reachable_paths', ['object', ['array', 'set']], 'set', reachablePaths),
];
