import { parse } from 'yaml';

/** Reads a document of JSON or, by its name, YAML. Never throws; aliases are limited, so a document cannot explode. */
export function parseInput(
  path: string,
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } {
  try {
    const value: unknown = /\.ya?ml$/.test(path) ? parse(text, { maxAliasCount: 100 }) : JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    return { ok: false, problem: (error as Error).message.split('\n')[0] ?? 'unreadable' };
  }
}
