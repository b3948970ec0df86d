import { parse, parseAllDocuments } from 'yaml';
import { repeatedKey } from './repeated-key.ts';

export type InputDocument =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a document of JSON or, by its name, YAML. Never throws; aliases are limited, so a document cannot explode. What two
 * readers could take for two things is refused: another encoding than UTF-8, a key given twice, several documents, and
 * none at all, which a policy would see as a fact that is not there.
 */
export function parseInput(path: string, bytes: Uint8Array): InputDocument {
  const text = textOf(bytes);
  if (text === null) return { ok: false, problem: 'it is not UTF-8' };
  if (text.trim() === '') return { ok: false, problem: 'it is empty' };
  try {
    return /\.ya?ml$/i.test(path) ? parseYaml(text) : parseJson(text);
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** What a parser of JSON or YAML found, in one line. */
export function problemOf(error: unknown): string {
  const [line = 'unreadable'] = (error as Error).message.split('\n');
  return line.startsWith('Maximum call stack') ? 'it is nested too deep' : line.replace(/:$/, '');
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parseYaml(text: string): InputDocument {
  if (/^---/m.test(text)) {
    const count = parseAllDocuments(text).length;
    if (count > 1) return { ok: false, problem: `it holds ${count} documents, expected is one` };
  }
  const value: unknown = parse(text, { maxAliasCount: 100 });
  if (value === null || value === undefined) return { ok: false, problem: 'it is empty' };
  if (isCyclic(value)) return { ok: false, problem: 'it holds itself by an alias' };
  return { ok: true, value };
}

function parseJson(text: string): InputDocument {
  const value: unknown = JSON.parse(text);
  const repeated = repeatedKey(text);
  if (repeated === null) return { ok: true, value };
  return {
    ok: false,
    problem: `the key ${JSON.stringify(repeated.slice(0, 64))} is given twice in one object`,
  };
}

function isCyclic(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}
