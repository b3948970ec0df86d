/** Matches request paths against the path templates of GitHub's description. */

/** Parameters whose value may have slashes in it: refs, branches and file paths. */
const manySegments = new Set(['path', 'ref', 'branch', 'basehead', 'environment_name', 'tag']);

interface CompiledTemplate<T> {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly literals: number;
  readonly value: T;
}

export interface PathMatch<T> {
  readonly value: T;
  /** Decoded parameters. */
  readonly params: Readonly<Record<string, string>>;
}

/** A set of `METHOD /template` entries. Of several templates that match, the one with most literal segments wins. */
export class PathTable<T> {
  readonly #byMethod = new Map<string, CompiledTemplate<T>[]>();

  add(method: string, template: string, value: T): void {
    const list = this.#byMethod.get(method) ?? [];
    list.push({ ...compile(template), value });
    list.sort((a, b) => b.literals - a.literals);
    this.#byMethod.set(method, list);
  }

  find(method: string, path: string): PathMatch<T> | null {
    for (const { pattern, names, value } of this.#byMethod.get(method) ?? []) {
      const match = pattern.exec(path);
      if (match === null) continue;
      return {
        value,
        params: Object.fromEntries(names.map((name, i) => [name, decode(match[i + 1] ?? '')])),
      };
    }
    return null;
  }
}

function compile(template: string) {
  const names: string[] = [];
  let literals = 0;
  const segments = template.split('/').map((segment) => {
    if (!segment.includes('{')) {
      literals += 1;
      return segment.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
    }
    return segment.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
      names.push(name);
      if (/_id$|_number$/.test(name) && name !== 'workflow_id') return '(\\d+)';
      return manySegments.has(name) ? '(.+)' : '([^/]+)';
    });
  });
  return { pattern: new RegExp(`^${segments.join('/')}$`), names, literals };
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
