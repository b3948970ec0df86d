import { RegoError } from '../errors.ts';
import type { Import, Module, RefTerm } from '../syntax/ast.ts';

/** What the modules of a policy define, by name. */
export interface Names {
  /** The first names of the rules of each package, by the package's dotted path. */
  readonly rules: ReadonlyMap<string, ReadonlySet<string>>;
  /** Arity of every function, by its dotted path without `data`. */
  readonly functions: ReadonlyMap<string, number>;
}

/** The separator of paths used as keys: no policy text contains it. */
export const SEPARATOR = '\u0000';

export const pathKey = (path: readonly string[]): string => path.join(SEPARATOR);

/** How a path below data reads in a message. */
export function pathText(path: readonly string[]): string {
  return path.reduce(
    (text, part) => text + (/^[A-Za-z_][A-Za-z0-9_]*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`),
    'data',
  );
}

/** The path of a package below data: a package may be declared as `data.x` too. */
export function packagePath(module: Module): readonly string[] {
  return module.package;
}

export function collectNames(modules: readonly Module[]): Names {
  const rules = new Map<string, Set<string>>();
  const functions = new Map<string, number>();
  for (const module of modules) {
    const key = pathKey(packagePath(module));
    const names = rules.get(key) ?? new Set<string>();
    rules.set(key, names);
    for (const rule of module.rules) {
      if (rule.ref.head.kind === 'var') names.add(rule.ref.head.name);
      if (rule.kind === 'function') functions.set(pathKey(rulePath(module, rule.ref).path), rule.args.length);
    }
  }
  return { rules, functions };
}

/** The constant start of a rule's reference, and how many of its parts that takes. */
export function rulePath(module: Module, ref: RefTerm): { path: readonly string[]; taken: number } {
  const path = [...packagePath(module), ref.head.kind === 'var' ? ref.head.name : ''];
  let taken = 0;
  for (const arg of ref.args) {
    if (arg.kind !== 'scalar' || typeof arg.value !== 'string') break;
    path.push(arg.value);
    taken += 1;
  }
  return { path, taken };
}

/** What an imported name stands for: a path whose first part is `data` or `input`. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** The names that a module imports. Throws `rego_compile_error` for one it cannot. */
export function resolveImports(module: Module): Imports {
  const names = new Map<string, readonly string[]>();
  for (const item of module.imports) {
    const [root] = item.path;
    if (root === 'rego' || root === 'future') checkLanguageImport(item);
    else if (item.path.length === 1 && item.alias === undefined) continue;
    else addImport(names, item);
  }
  return names;
}

function addImport(names: Map<string, readonly string[]>, item: Import): void {
  const name = item.alias ?? item.path.at(-1) ?? '';
  const earlier = names.get(name);
  if (earlier !== undefined && pathKey(earlier) !== pathKey(item.path)) {
    throw new RegoError(
      'rego_compile_error',
      `import must not shadow import ${earlier.join('.')}`,
      item.location,
    );
  }
  names.set(name, item.path);
}

const future: ReadonlySet<string> = new Set(['and', 'contains', 'every', 'if', 'in', 'not', 'or']);

function checkLanguageImport(item: Import): void {
  const [root, second, third] = item.path;
  if (root === 'rego' && second === 'v1' && item.path.length === 2) return;
  const known = root === 'future' && second === 'keywords' && (third === undefined || future.has(third));
  if (!known || item.path.length > 3) {
    throw new RegoError('rego_parse_error', `invalid import \`${item.path.join('.')}\``, item.location);
  }
}
