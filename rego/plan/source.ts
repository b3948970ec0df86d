import type { Literal } from '../compile/ir.ts';
import type { Module } from '../syntax/ast.ts';

/** The source line of a literal, for traces. */
export function literalText(literal: Literal, module: Module): string {
  return sourceLine(module.source, literal.location.row, literal.location.col);
}

export function sourceLine(source: string, row: number, col: number): string {
  const line = source.split('\n', row)[row - 1] ?? '';
  return line
    .slice(col - 1)
    .replace(/\s+#[^"`]*$/, '')
    .trim();
}
