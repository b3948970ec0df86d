import type { Document, Node } from 'yaml';
import { isAlias, isCollection, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { configLimits } from './limits.ts';
import type { ConfigProblem } from './problem.ts';

/** A YAML text that keeps the places of its keys. */
export interface PositionedDocument {
  readonly value: unknown;
  /** Place of the value at a path, or of the nearest parent that exists. `key: true` gives the key's own place. */
  placeOf(path: readonly PropertyKey[], key?: boolean): Place;
}

export interface Place {
  readonly line: number;
  readonly column: number;
  /** Where it is another file than the one that is read. */
  readonly file?: string;
}

export type ParsedDocument =
  | { readonly ok: true; readonly document: PositionedDocument }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Parses one YAML 1.2 document within `configLimits`. Duplicate keys, several documents and tags are problems. */
export function parsePositioned(text: string, file: string): ParsedDocument {
  const problem = (rule: string, message: string, help: string, line = 1, column = 1): ParsedDocument => ({
    ok: false,
    problems: [{ rule, file, line, column, path: '', message, help }],
  });
  if (text.length > configLimits.size) {
    return problem(
      'too-large',
      `the file has ${text.length} characters, at most ${configLimits.size} are read`,
      'Remove what does not belong into the config',
    );
  }
  const lines = new LineCounter();
  const parsed = parseWithoutOverflow(text, lines);
  if (parsed === null) return problem('too-deep', 'collections are nested too deep', 'Flatten the file');
  const errors = [...parsed.errors, ...parsed.warnings];
  if (errors.length > 0)
    return {
      ok: false,
      problems: errors.slice(0, configLimits.problems).map((error) => syntaxProblem(error, file, lines)),
    };
  const excess = excessOf(parsed.contents);
  if (excess !== null) return problem('too-deep', excess, 'Flatten the file; the config needs neither');
  try {
    const value: unknown = parsed.toJS({ maxAliasCount: configLimits.aliases });
    return {
      ok: true,
      document: { value, placeOf: (path, key) => placeOf(parsed, lines, path, key === true) },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem(
      'alias',
      `aliases cannot be expanded: ${reason}`,
      'Write the values out instead of using aliases',
    );
  }
}

/** null when the nesting overflowed the parser's stack, which it throws or reports as an error of the text. */
function parseWithoutOverflow(text: string, lines: LineCounter): Document.Parsed | null {
  try {
    const parsed = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
      strict: true,
    });
    return parsed.errors.some((error) => /call stack|stack overflow/i.test(error.message)) ? null : parsed;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function syntaxProblem(
  error: { readonly pos: readonly [number, number]; readonly message: string; readonly code: string },
  file: string,
  lines: LineCounter,
): ConfigProblem {
  const { line, col } = lines.linePos(error.pos[0]);
  return {
    rule: error.code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'yaml-syntax',
    file,
    line: Math.max(1, line),
    column: Math.max(1, col),
    path: '',
    message: error.message.split('\n')[0] ?? 'the YAML is malformed',
    help: error.code === 'DUPLICATE_KEY' ? 'Remove one of the two' : 'Correct the YAML at this place',
  };
}

/** Iterative on purpose: a hostile file must not overflow the stack. */
function excessOf(root: Node | null): string | null {
  const open: { readonly node: unknown; readonly depth: number }[] = [{ node: root, depth: 0 }];
  let nodes = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (++nodes > configLimits.nodes) return `the file has more than ${configLimits.nodes} values`;
    if (next.depth > configLimits.depth) return `collections are nested more than ${configLimits.depth} deep`;
    const { node, depth } = next;
    if (isPair(node)) open.push({ node: node.key, depth }, { node: node.value, depth });
    else if (isCollection(node)) for (const item of node.items) open.push({ node: item, depth: depth + 1 });
  }
  return null;
}

function placeOf(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
  key: boolean,
): { line: number; column: number } {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) break;
      const last = index === path.length - 1;
      offset = (key && last ? offsetOf(pair.key) : (offsetOf(pair.value) ?? offsetOf(pair.key))) ?? offset;
      node = pair.value;
    } else if (isCollection(node)) {
      node = node.items[Number(step)];
      offset = offsetOf(node) ?? offset;
    } else break;
  }
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
