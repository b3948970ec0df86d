import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { Corpus } from './corpus.ts';

export interface FoundCorpus {
  /** The folder's own name. */
  readonly name: string;
  readonly folder: string;
  readonly corpus: Corpus;
}

export interface Search {
  readonly found: readonly FoundCorpus[];
  /** Folders that are laid out like none of the corpora. */
  readonly unknown: readonly string[];
}

/**
 * The corpora in a folder: each of its folders by its name, else by its layout; or the folder itself when it is
 * laid out like one.
 *
 * @throws InputError `NO_CORPUS` when the folder cannot be read or holds none.
 */
export function findCorpora(directory: string, corpora: readonly Corpus[]): Search {
  const known = corpora.map(({ name }) => name).join(', ');
  const folders = foldersIn(directory, known);
  const kinds = folders.map((name) => ({ name, corpus: corpusOf(join(directory, name), name, corpora) }));
  const found = kinds.flatMap(({ name, corpus }) =>
    corpus === null ? [] : [{ name, folder: join(directory, name), corpus }],
  );
  const named = found.some(({ name, corpus }) => name === corpus.name);
  if (named || new Set(found.map(({ corpus }) => corpus)).size > 1)
    return { found, unknown: unknownOf(kinds) };
  const own = basename(resolve(directory));
  const itself = corpusOf(directory, own, corpora);
  if (itself !== null) return { found: [{ name: own, folder: directory, corpus: itself }], unknown: [] };
  if (found.length > 0) return { found, unknown: unknownOf(kinds) };
  throw new InputError(
    'NO_CORPUS',
    `--dir: expected a folder that holds corpora, found none in ${directory}`,
    `give a folder that holds one or more of ${known}, or folders laid out like them`,
  );
}

function foldersIn(directory: string, known: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => statSync(join(directory, name)).isDirectory())
      .sort();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError('NO_CORPUS', `--dir: ${why}`, `give a folder that holds one or more of ${known}`);
  }
}

function corpusOf(folder: string, name: string, corpora: readonly Corpus[]): Corpus | null {
  return (
    corpora.find((corpus) => corpus.name === name) ?? corpora.find((one) => one.recognises(folder)) ?? null
  );
}

function unknownOf(kinds: readonly { readonly name: string; readonly corpus: Corpus | null }[]) {
  return kinds.filter(({ corpus }) => corpus === null).map(({ name }) => name);
}
