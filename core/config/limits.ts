/** A config is read from a commit that anybody with write access can make: its cost is bounded before it is parsed. */
export const configLimits = {
  /** Characters. */
  size: 256 * 1024,
  /** Nested collections. */
  depth: 32,
  /** Expanded aliases, the yaml package's own guard against the "billion laughs". */
  aliases: 50,
  /** Nodes of the document. */
  nodes: 20_000,
  /** Syntax errors that are listed: one broken line can cause hundreds. */
  problems: 20,
} as const;
