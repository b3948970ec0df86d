import type { Location } from '../errors.ts';
import { conflict } from '../eval/context.ts';
import { RegoObject, RegoSet } from '../value/collections.ts';
import { equal } from '../value/compare.ts';
import { lookup } from '../value/object.ts';
import type { Value } from '../value/types.ts';

type Entry =
  | Branch
  | { readonly kind: 'leaf'; readonly value: Value }
  | { readonly kind: 'set'; readonly set: RegoSet };

interface Branch {
  readonly kind: 'branch';
  /** Holds entries; the keyed map of a Rego object is all that is used of it. */
  readonly entries: RegoObject;
}

const newBranch = (): Branch => ({ kind: 'branch', entries: new RegoObject() });
const entryAt = (branch: Branch, key: Value): Entry | undefined =>
  branch.entries.get(key) as Entry | undefined;

/**
 * Grows an object from rules that each give the value at one path. Two rules may agree; that they give
 * different values for one path, or a value where another has keys below, is a conflict.
 */
export class ObjectBuilder {
  private readonly root = newBranch();

  /** One path has this value. */
  insert(path: readonly Value[], value: Value, location: Location): void {
    const branch = this.branchAt(path.slice(0, -1), location);
    const key = path.at(-1) as Value;
    const entry = entryAt(branch, key);
    if (entry === undefined) branch.entries.set(key, { kind: 'leaf', value } as unknown as Value);
    else if (entry.kind !== 'leaf' || !equal(entry.value, value)) throw mustBeUnique(location);
  }

  /** The set at this path has this element; without one the set exists. */
  insertElement(path: readonly Value[], element: Value | undefined, location: Location): void {
    const branch = this.branchAt(path.slice(0, -1), location);
    const key = path.at(-1) as Value;
    let entry = entryAt(branch, key);
    if (entry === undefined) {
      entry = { kind: 'set', set: new RegoSet() };
      branch.entries.set(key, entry as unknown as Value);
    }
    if (entry.kind !== 'set') throw mustBeUnique(location);
    if (element !== undefined) entry.set.add(element);
  }

  /** An object stands at this path, even when nothing is in it. */
  ensureObject(path: readonly Value[], location: Location): void {
    this.branchAt(path, location);
  }

  private branchAt(path: readonly Value[], location: Location): Branch {
    let branch = this.root;
    for (const key of path) {
      let entry = entryAt(branch, key);
      if (entry === undefined) {
        entry = newBranch();
        branch.entries.set(key, entry as unknown as Value);
      }
      if (entry.kind !== 'branch') throw mustBeUnique(location);
      branch = entry;
    }
    return branch;
  }

  /** What stands at a path. */
  valueAt(path: readonly Value[]): Value | undefined {
    let entry: Entry | undefined = this.root;
    for (let i = 0; i < path.length; i += 1) {
      if (entry.kind !== 'branch') {
        let value: Value | undefined = entry.kind === 'leaf' ? entry.value : entry.set;
        for (let j = i; j < path.length && value !== undefined; j += 1)
          value = lookup(value, path[j] as Value);
        return value;
      }
      entry = entryAt(entry, path[i] as Value);
      if (entry === undefined) return undefined;
    }
    return toValue(entry);
  }
}

function toValue(entry: Entry): Value {
  if (entry.kind === 'leaf') return entry.value;
  if (entry.kind === 'set') return entry.set;
  const object = new RegoObject();
  for (const key of entry.entries.keys()) object.set(key, toValue(entryAt(entry, key) as Entry));
  return object;
}

const mustBeUnique = (location: Location): Error => conflict('object keys must be unique', location);
