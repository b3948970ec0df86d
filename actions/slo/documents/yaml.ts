import { type Document, isAlias, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { DocumentProblem } from '../model.ts';

/** Caps on a file that a pull request may have written (PLATFORM, threat 17). */
const maxBytes = 1_024 * 1_024;
const maxDocuments = 500;
const maxDepth = 40;
const maxAliases = 100;

export interface YamlDocument {
  readonly value: unknown;
  /** Line of the node at a path (or of its nearest ancestor that exists), 1-based. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Every YAML document of a file, or what is wrong with the file. */
export function readYaml(
  bytes: Uint8Array,
  path: string,
): { readonly documents: readonly YamlDocument[]; readonly problems: readonly DocumentProblem[] } {
  const refuse = (message: string, line: number | null = null) => ({
    documents: [],
    problems: [{ path, line, message }],
  });
  if (bytes.byteLength > maxBytes) return refuse(`larger than ${maxBytes} bytes`);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(new TextDecoder().decode(bytes), {
    lineCounter: lines,
    prettyErrors: false,
    // The tools that these files are written for know `<<`.
    merge: true,
  });
  if (!Array.isArray(parsed)) return refuse('empty: expected at least one document');
  if (parsed.length > maxDocuments) return refuse(`more than ${maxDocuments} documents`);
  const documents: YamlDocument[] = [];
  const problems: DocumentProblem[] = [];
  for (const document of parsed) {
    const error = document.errors[0];
    const oversize = error === undefined ? tooMuch(document) : null;
    if (error !== undefined) {
      problems.push({ path, line: lines.linePos(error.pos[0]).line, message: `not YAML: ${error.message}` });
    } else if (oversize !== null) problems.push({ path, line: null, message: oversize });
    else {
      const value = toValue(document);
      if (value.ok) documents.push({ value: value.value, lineOf: lineFinder(document, lines) });
      else problems.push({ path, line: null, message: value.problem });
    }
  }
  return { documents: documents.filter(({ value }) => value !== null), problems };
}

/** The library counts what aliases would unfold to, and refuses a bomb by throwing. */
function toValue(
  document: Document,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: maxAliases }) };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

function lineFinder(document: Document, lines: LineCounter): YamlDocument['lineOf'] {
  return (path) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as
        | { range?: [number, number, number] }
        | undefined;
      if (node?.range !== undefined && node.range !== null) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
}

function tooMuch(document: Document): string | null {
  let problem: string | null = null;
  let aliases = 0;
  visit(document, (_key, node, ancestors) => {
    if (isAlias(node)) aliases += 1;
    if (ancestors.length > maxDepth * 2) problem = `nested deeper than ${maxDepth}`;
    else if (aliases > maxAliases) problem = `more than ${maxAliases} aliases`;
    return problem === null ? undefined : visit.BREAK;
  });
  return problem;
}
