import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { InputError } from '../../core/errors.ts';
import { problemOf } from '../../core/gate/input-document.ts';
import { fromJson, parseJson } from '../../rego/index.ts';
import type { CliWorld } from '../command.ts';
import { readNamedFile } from '../files.ts';

/** Rego sources, and the documents beside them. */
export interface LoadedPolicies {
  readonly modules: readonly { readonly file: string; readonly source: string }[];
  readonly data: unknown;
}

const LARGEST_FILE = 10_000_000;
const dataFiles: ReadonlySet<string> = new Set(['data.json', 'data.yaml', 'data.yml']);

/**
 * Reads files and folders as `opa` does: `*.rego` are modules, `data.json` and `data.yaml` are documents at the
 * place of their folder; a JSON or YAML file that is named itself is a document at the root.
 *
 * @throws InputError `FILE_UNREADABLE`, `FILE_INVALID`, `NO_POLICY`
 */
export async function loadPolicies(world: CliWorld, paths: readonly string[]): Promise<LoadedPolicies> {
  const modules: { file: string; source: string }[] = [];
  let data: unknown = {};
  for (const path of paths) {
    const root = resolve(world.cwd, path);
    for (const file of await filesAt(root, path)) {
      const shown = relative(world.cwd, file).split(sep).join('/');
      if (file.endsWith('.rego')) {
        modules.push({ file: shown, source: await readText(world, shown) });
      } else {
        const place = file === root ? [] : relative(root, file).split(sep).slice(0, -1);
        data = merge(data, nest(place, await readDocument(world, shown)));
      }
    }
  }
  if (modules.length === 0) {
    throw new InputError(
      'NO_POLICY',
      `no *.rego file in ${paths.join(', ')}`,
      'name a file or folder with policies',
    );
  }
  return { modules, data };
}

async function filesAt(root: string, path: string): Promise<string[]> {
  try {
    if (!(await stat(root)).isDirectory()) return [root];
    const names = await readdir(root, { recursive: true });
    return names
      .filter((name) => !name.split(sep).some((part) => part.startsWith('.') || part === 'node_modules'))
      .filter((name) => name.endsWith('.rego') || dataFiles.has(name.split(sep).at(-1) ?? ''))
      .sort()
      .map((name) => join(root, name));
  } catch (cause) {
    throw new InputError('FILE_UNREADABLE', `there is no ${path}`, 'give the path of an existing file', {
      cause,
    });
  }
}

/** A file of reasonable size. */
export const readBytes = (world: CliWorld, path: string): Promise<Buffer> =>
  readNamedFile(world, path, LARGEST_FILE);

/** As text; what Windows puts before it to say that it is UTF-8 is no part of it. */
const readText = async (world: CliWorld, path: string): Promise<string> =>
  (await readBytes(world, path)).toString('utf8').replace(/^\uFEFF/, '');

/** A JSON or YAML document with every digit of its numbers. */
export async function readDocument(world: CliWorld, path: string): Promise<unknown> {
  const text = await readText(world, path);
  try {
    return /\.ya?ml$/.test(path) ? fromJson(parseYaml(text, { maxAliasCount: 100 })) : parseJson(text);
  } catch (cause) {
    throw new InputError(
      'FILE_INVALID',
      `${path} is no JSON or YAML: ${problemOf(cause)}`,
      'correct the file',
      { cause },
    );
  }
}

type Document = Record<string, unknown>;
const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nest = (place: readonly string[], document: unknown): unknown =>
  place.reduceRight((inner, name) => ({ [name]: inner }), document);

function merge(a: unknown, b: unknown): unknown {
  if (!isDocument(a) || !isDocument(b)) return b;
  const merged: Document = { ...a };
  for (const [key, value] of Object.entries(b))
    merged[key] = Object.hasOwn(a, key) ? merge(a[key], value) : value;
  return merged;
}
