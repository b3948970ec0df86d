import { RegoObject, RegoSet } from '../value/collections.ts';
import { equal, typeName } from '../value/compare.ts';
import { isObject, objectEntries, objectGet } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import {
  arrayOperand,
  type Builtin,
  BuiltinError,
  define,
  elementsOf,
  OperandError,
  objectOperand,
  operandError,
} from './builtin.ts';

/** `a/b~1c` or `["a", "b/c"]` as segments. */
function pathOf(path: Value): readonly Value[] | undefined {
  if (Array.isArray(path)) return path as readonly Value[];
  if (typeof path !== 'string') return undefined;
  if (path === '') return [];
  return path
    .replace(/^\//, '')
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function pathsOperand(args: readonly Value[]): readonly (readonly Value[])[] {
  const value = args[1] as Value;
  const paths = elementsOf(value);
  if (paths === undefined) throw operandError(2, 'one of {set, array}', typeName(value));
  return paths.map((path) => {
    const segments = pathOf(path);
    if (segments !== undefined) return segments;
    throw operandError(
      2,
      'one of {set, array} containing string paths or array of path segments',
      typeName(path),
    );
  });
}

/** Paths as a tree: a leaf is `true`. */
type Tree = true | Map<string, Tree>;

const segmentKey = (segment: Value): string => (typeof segment === 'string' ? segment : String(segment));

function treeOf(paths: readonly (readonly Value[])[]): Map<string, Tree> {
  const root = new Map<string, Tree>();
  for (const path of paths) {
    let at = root;
    path.forEach((segment, i) => {
      const key = segmentKey(segment);
      const below = at.get(key);
      if (below === true) {
        at = new Map();
      } else if (i === path.length - 1) {
        at.set(key, true);
      } else {
        const next = below ?? new Map<string, Tree>();
        at.set(key, next);
        at = next;
      }
    });
  }
  return root;
}

function filter(value: Value, tree: Tree): Value {
  if (tree === true) return value;
  if (Array.isArray(value)) {
    return (value as readonly Value[]).flatMap((item, i) => {
      const below = tree.get(String(i));
      return below === undefined ? [] : [filter(item, below)];
    });
  }
  if (value instanceof RegoSet) {
    const kept = value.values().flatMap((item) => {
      const below = tree.get(segmentKey(item));
      return below === undefined ? [] : [filter(item, below)];
    });
    return RegoSet.of(kept);
  }
  if (!isObject(value)) return value;
  return RegoObject.of(
    objectEntries(value).flatMap(([key, item]) => {
      const below = tree.get(segmentKey(key));
      return below === undefined ? [] : [[key, filter(item, below)] as const];
    }),
  );
}

function remove(value: Value, tree: Tree): Value {
  if (tree === true) return value;
  const entry = (key: Value, item: Value): Value | undefined => {
    const below = tree.get(segmentKey(key));
    return below === undefined ? item : below === true ? undefined : remove(item, below);
  };
  if (Array.isArray(value)) {
    return (value as readonly Value[]).flatMap((item, i) => {
      const kept = entry(i, item);
      return kept === undefined ? [] : [kept];
    });
  }
  if (value instanceof RegoSet) {
    return RegoSet.of(
      value.values().flatMap((item) => {
        const kept = entry(item, item);
        return kept === undefined ? [] : [kept];
      }),
    );
  }
  if (!isObject(value)) return value;
  return RegoObject.of(
    objectEntries(value).flatMap(([key, item]) => {
      const kept = entry(key, item);
      return kept === undefined ? [] : [[key, kept] as const];
    }),
  );
}

/** One operation of a JSON patch (RFC 6902); sets are addressed by their elements. */
interface PatchOperation {
  readonly op: string;
  readonly path: readonly Value[];
  readonly from: readonly Value[] | undefined;
  readonly value: Value | undefined;
}

function operationOf(patch: Value): PatchOperation {
  if (!isObject(patch)) throw new OperandError('operand 2 must be array of JSON-Patch objects');
  const op = objectGet(patch, 'op');
  const path = pathOf(objectGet(patch, 'path') ?? null);
  const from = objectGet(patch, 'from');
  if (typeof op !== 'string') throw new BuiltinError('missing required attribute "op"');
  if (path === undefined) throw new BuiltinError('missing required attribute "path"');
  return { op, path, from: from === undefined ? undefined : pathOf(from), value: objectGet(patch, 'value') };
}

function applyPatch(document: Value, { op, path, from, value }: PatchOperation): Value | undefined {
  const needed = (part: Value | undefined): Value => {
    if (part === undefined) throw new BuiltinError('missing required attribute');
    return part;
  };
  switch (op) {
    case 'add':
      return change(document, path, needed(value), 'add');
    case 'remove':
      return change(document, path, undefined, 'remove');
    case 'replace':
      return change(document, path, needed(value), 'replace');
    case 'move': {
      const moved = valueAt(document, from);
      const without = moved === undefined ? undefined : change(document, from ?? [], undefined, 'remove');
      return without === undefined ? undefined : change(without, path, moved, 'add');
    }
    case 'copy': {
      const copied = valueAt(document, from);
      return copied === undefined ? undefined : change(document, path, copied, 'add');
    }
    case 'test': {
      const found = valueAt(document, path);
      return found !== undefined && equal(found, needed(value)) ? document : undefined;
    }
    default:
      throw new BuiltinError(`unrecognized op: ${op}`);
  }
}

function valueAt(document: Value, path: readonly Value[] | undefined): Value | undefined {
  let value: Value | undefined = document;
  for (const segment of path ?? []) {
    if (value === undefined) return undefined;
    value = childAt(value, segment);
  }
  return path === undefined ? undefined : value;
}

function childAt(value: Value, segment: Value): Value | undefined {
  if (Array.isArray(value)) {
    const index = indexOf(segment, value.length);
    return index === undefined ? undefined : (value as readonly Value[])[index];
  }
  if (value instanceof RegoSet) return value.has(segment) ? segment : undefined;
  return isObject(value) ? objectGet(value, segment) : undefined;
}

function indexOf(segment: Value, length: number): number | undefined {
  if (segment === '-') return length;
  if (typeof segment === 'number') return Number.isInteger(segment) && segment >= 0 ? segment : undefined;
  return typeof segment === 'string' && /^(?:0|[1-9]\d*)$/.test(segment) ? Number(segment) : undefined;
}

/** The document with one path changed; undefined when the path does not exist. */
function change(
  document: Value,
  path: readonly Value[],
  value: Value | undefined,
  how: 'add' | 'remove' | 'replace',
  at = 0,
): Value | undefined {
  const segment = path[at];
  if (segment === undefined) return value;
  const isLast = at === path.length - 1;
  const below = (child: Value | undefined): Value | undefined =>
    child === undefined ? undefined : change(child, path, value, how, at + 1);
  if (Array.isArray(document))
    return changeArray(document as readonly Value[], segment, value, how, isLast, below);
  if (document instanceof RegoSet) return changeSet(document, segment, value, how, isLast, below);
  if (!isObject(document)) return undefined;
  const existing = objectGet(document, segment);
  if (existing === undefined && !(isLast && how === 'add')) return undefined;
  if (isLast && how === 'remove')
    return RegoObject.of(objectEntries(document).filter(([key]) => !equal(key, segment)));
  const changed = isLast ? value : below(existing);
  return changed === undefined ? undefined : RegoObject.of(objectEntries(document)).set(segment, changed);
}

function changeArray(
  array: readonly Value[],
  segment: Value,
  value: Value | undefined,
  how: 'add' | 'remove' | 'replace',
  isLast: boolean,
  below: (child: Value | undefined) => Value | undefined,
): Value | undefined {
  const index = indexOf(segment, array.length);
  if (index === undefined || index > array.length) return undefined;
  if (isLast && how === 'add') return array.toSpliced(index, 0, value as Value);
  if (index >= array.length) return undefined;
  if (isLast && how === 'remove') return array.toSpliced(index, 1);
  const changed = isLast ? value : below(array[index]);
  return changed === undefined ? undefined : array.with(index, changed);
}

function changeSet(
  set: RegoSet,
  segment: Value,
  value: Value | undefined,
  how: 'add' | 'remove' | 'replace',
  isLast: boolean,
  below: (child: Value | undefined) => Value | undefined,
): Value | undefined {
  if (isLast && how === 'add')
    return value !== undefined && equal(value, segment) ? RegoSet.of([...set.values(), value]) : undefined;
  if (!set.has(segment)) return undefined;
  const others = set.values().filter((element) => !equal(element, segment));
  if (isLast && how === 'remove') return RegoSet.of(others);
  const changed = isLast ? value : below(segment);
  return changed === undefined ? undefined : RegoSet.of([...others, changed]);
}

function patch(args: readonly Value[]): Value | undefined {
  let document: Value | undefined = args[0] as Value;
  for (const operation of arrayOperand(args, 2)) {
    document = applyPatch(document, operationOf(operation));
    if (document === undefined) return undefined;
  }
  return document;
}

export const documents: readonly Builtin[] = [
  define('json.filter', ['object', ['array', 'set']], 'any', (args) =>
    filter(objectOperand(args, 1), treeOf(pathsOperand(args))),
  ),
  define('json.remove', ['object', ['array', 'set']], 'any', (args) =>
    remove(objectOperand(args, 1), treeOf(pathsOperand(args))),
  ),
  define('json.patch', ['any', 'array'], 'any', patch),
];
