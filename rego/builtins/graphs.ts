import { RegoSet } from '../value/collections.ts';
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

/**
 * Paths from the initial nodes to where they can go no further, as OPA walks them: behind each first edge a node
 * that the walk already left by an edge ends the path before it, so circles end and later ways into it are cut.
 */
function reachablePaths(args: readonly Value[], { budget }: Parameters<Builtin['evaluate']>[1]): Value {
  const graph = objectOperand(args, 1);
  const found = new RegoSet();
  const follow = (node: Value, before: readonly Value[], left: RegoSet): void => {
    budget.charge(before.length + 1);
    const edges = objectGet(graph, node);
    if (edges === undefined) {
      found.add(before);
      return;
    }
    const path = [...before, node];
    const onwards = elementsOf(edges) ?? [];
    if (onwards.length === 0) found.add(path);
    for (const next of onwards) {
      if (left.has(next)) {
        found.add(path);
      } else {
        left.add(node);
        follow(next, path, left);
      }
    }
  };
  for (const node of elementsOperand(args, 2, 'one of {array, set}')) {
    const edges = objectGet(graph, node);
    if (edges === undefined) continue;
    const onwards = elementsOf(edges) ?? [];
    if (onwards.length === 0) found.add([node]);
    for (const next of onwards) {
      const left = RegoSet.of([node]);
      if (left.has(next)) found.add([node]);
      else follow(next, [node], left);
    }
  }
  return found;
}

export const graphs: readonly Builtin[] = [
  define('graph.reachable', ['object', ['array', 'set']], 'set', reachable),
  define('graph.reachable_paths', ['object', ['array', 'set']], 'set', reachablePaths),
];
