import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { InputError } from '../../core/errors.ts';
import { fromJson, parseJson } from '../../rego/index.ts';
import type { CliWorld } from '../command.ts';

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
        modules.push({ file: shown, source: await readText(file, shown) });
      } else {
        const place = file === root ? [] : relative(root, file).split(sep).slice(0, -1);
        data = merge(data, nest(place, await readDocument(file, shown)));
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

const readText = async (file: string, shown: string): Promise<string> =>
  (await readBytes(file, shown)).toString('utf8');

/** A file of reasonable size. */
export async function readBytes(file: string, shown: string): Promise<Buffer> {
  const { size } = await sizeOf(file, shown);
  if (size <= LARGEST_FILE) return readFile(file);
  throw new InputError(
    'FILE_TOO_LARGE',
    `${shown} has ${size} bytes, allowed are ${LARGEST_FILE}`,
    'give another file',
  );
}

async function sizeOf(file: string, shown: string): Promise<{ size: number }> {
  try {
    return await stat(file);
  } catch (cause) {
    throw new InputError('FILE_UNREADABLE', `there is no ${shown}`, 'give the path of an existing file', {
      cause,
    });
  }
}

/** A JSON or YAML document with every digit of its numbers. */
export async function readDocument(file: string, shown: string): Promise<unknown> {
  const text = await readText(file, shown);
  try {
    return /\.ya?ml$/.test(file) ? fromJson(parseYaml(text, { maxAliasCount: 100 })) : parseJson(text);
  } catch (cause) {
    throw new InputError(
      'FILE_INVALID',
      `${shown} is no JSON or YAML: ${(cause as Error).message}`,
      'correct the file',
      {
        cause,
      },
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
