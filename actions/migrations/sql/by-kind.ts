import type { NodeKind } from './nodes.ts';
import type { Script, Statement } from './parse.ts';

const sorted = new WeakMap<Script, ReadonlyMap<NodeKind, readonly Statement[]>>();

/**
 * The statements of one kind, in the order of the script. Three dozen rules are about one kind each: a script of
 * 20,000 statements is sorted once instead of being walked by each of them.
 */
export function statementsOf(script: Script, kind: NodeKind): readonly Statement[] {
  const known = sorted.get(script) ?? Map.groupBy(script.statements, (statement) => statement.kind);
  sorted.set(script, known);
  return known.get(kind) ?? [];
}
