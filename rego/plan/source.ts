/** The rest of a source line from a column on, without a comment. */
export function sourceLine(source: string, row: number, col: number): string {
  const line = source.split('\n', row)[row - 1] ?? '';
  return line
    .slice(col - 1)
    .replace(/\s+#[^"`]*$/, '')
    .trim();
}
