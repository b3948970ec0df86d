import { isUtf8 } from 'node:buffer';
import type { GateIo } from '../../../core/gate/gate.ts';
import { inOrder } from '../order.ts';
import { innerTexts } from './procedures.ts';
import type { CypherNode, CypherStatement } from './tree.ts';

export interface CypherProblem {
  readonly at: number;
  readonly message: string;
}

/** One Cypher migration of the change. */
export interface CypherMigration {
  readonly path: string;
  readonly text: string;
  readonly statements: readonly CypherStatement[];
  /** What Neo4j's parser and its semantic analysis refuse. */
  readonly problems: readonly CypherProblem[];
  /** Its undo file (`U1__x.cypher`) is there. */
  readonly undo: boolean;
  readonly edited: boolean;
}

/** Reads and parses the Cypher files that are new or changed. The parser is loaded only when there are any. */
export async function readCypher(globs: readonly string[], io: GateIo): Promise<readonly CypherMigration[]> {
  const paths = inOrder(await io.files.list(globs));
  const found: CypherMigration[] = [];
  for (const path of paths) {
    const bytes = await io.files.read(path);
    if (bytes === null || isUndo(path)) continue;
    const before = (await io.baseFiles?.read(path)) ?? null;
    if (before !== null && Buffer.compare(before, bytes) === 0) continue;
    const text = new TextDecoder().decode(bytes);
    const parsed = await parseCypher(text);
    const problems = isUtf8(bytes) ? parsed.problems : [notUtf8, ...parsed.problems];
    const undo =
      paths.includes(path.replace(/(^|\/)V(?=\d[^/]*$)/, '$1U')) &&
      !isUndo(path) &&
      /(^|\/)V\d[^/]*$/.test(path);
    found.push({ path, text, ...parsed, problems, undo, edited: before !== null });
  }
  return found;
}

const notUtf8: CypherProblem = { at: 0, message: 'the file is not UTF-8' };

const isUndo = (path: string): boolean => /(^|\/)U\d[^/]*$/.test(path);

/** Every statement of a text, and what is wrong with it. Only errors count; a missing parameter is none. */
export async function parseCypher(text: string): Promise<Pick<CypherMigration, 'statements' | 'problems'>> {
  const neo4j = await import('@neo4j-cypher/language-support');
  const statements: CypherStatement[] = [];
  const problems: CypherProblem[] = [];
  const treeOf = (source: string): CypherNode | null => neo4j.getDebugTree(source).children?.[0] ?? null;
  const errorsIn = (source: string): CypherProblem[] =>
    neo4j.lintCypherQuery(source, {}).diagnostics.flatMap((diagnostic) => {
      const message = typeof diagnostic.message === 'string' ? diagnostic.message : diagnostic.message.value;
      const counts = diagnostic.severity === 1 && neo4j.isNotParamError({ ...diagnostic, message });
      return counts ? [{ at: diagnostic.offsets.start, message }] : [];
    });
  let cursor = 0;
  for (const source of neo4j.parseStatementsStrs(text)) {
    const from = text.indexOf(source, cursor);
    cursor = from + source.length;
    const tree = treeOf(source);
    if (tree === null) continue;
    const start = from + blanksBefore(source);
    statements.push({ start, tree, given: [] });
    for (const inner of innerTexts(tree, treeOf)) {
      for (const text of inner.text === null ? [] : neo4j.parseStatementsStrs(inner.text)) {
        const below = treeOf(text);
        if (below !== null) statements.push({ start, tree: below, given: inner.given });
        for (const { message } of errorsIn(text)) {
          if (!/not defined/i.test(message))
            problems.push({ at: start, message: `in a text that it runs: ${message}` });
        }
      }
    }
    for (const { at, message } of errorsIn(source)) problems.push({ at: from + at, message });
  }
  return { statements, problems };
}

/** Length of the blanks and comments at the beginning. */
function blanksBefore(source: string): number {
  return /^(?:\s|\/\/[^\n]*\n?|\/\*[\s\S]*?\*\/)*/.exec(source)?.[0].length ?? 0;
}
