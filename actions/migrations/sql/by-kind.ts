import type { NodeKind } from './nodes.ts';
import type { Script, Statement } from './parse.ts';

const sorted = new WeakMap<Script, ReadonlyMap<NodeKind, readonly Statement[]>>();

/**
 * The statements of some kinds, in the order of the script. Four dozen rules are about a kind or two each: a script
 * of 20,000 statements is sorted once instead of being walked by each of them.
 */
export function statementsOf(script: Script, ...kinds: readonly NodeKind[]): readonly Statement[] {
  const byKind = sorted.get(script) ?? Map.groupBy(script.statements, (statement) => statement.kind);
  sorted.set(script, byKind);
  const lists = kinds.flatMap((kind) => {
    const list = byKind.get(kind);
    return list === undefined ? [] : [list];
  });
  if (lists.length < 2) return lists[0] ?? [];
  return lists.flat().sort((left, right) => left.index - right.index);
}
