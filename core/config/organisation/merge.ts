import { type Fields, free, isFields, type Strictness, same } from './strictness.ts';
import { strictnessAt } from './table.ts';

/** A key that the repository says more weakly than its organisation allows. */
export interface Weakening {
  readonly path: readonly string[];
  /** Where the organisation says it: another place for a service or an environment. */
  readonly theirPath: readonly string[];
  readonly own: unknown;
  readonly theirs: unknown;
  readonly expected: string;
}

/** A config as it holds: the organisation's with the repository's own over it, nowhere weaker. */
export interface Merged {
  readonly value: Fields;
  readonly weakenings: readonly Weakening[];
}

/**
 * The repository's config over that of its organisation, both as they were read. What only one of them says holds; what
 * both say is the repository's where that is as strict, else the organisation's, and it is told.
 */
export function mergeConfigs(theirs: Fields, own: Fields): Merged {
  const weakenings: Weakening[] = [];
  const value = mergeFields(place(theirs, []), own, [], weakenings) as Fields;
  return { value: withoutHalfARelease(value, theirs, own), weakenings };
}

/** What the organisation says at a place of the repository's config. */
interface Theirs {
  readonly value: unknown;
  readonly path: readonly string[];
  /** What is compared where the repository says more than the organisation does at this very place. */
  readonly otherwise: Theirs | null;
}

function place(value: unknown, path: readonly string[], otherwise: Theirs | null = null): Theirs {
  return { value, path, otherwise };
}

function mergeAt(theirs: Theirs, own: unknown, path: readonly string[], found: Weakening[]): unknown {
  const said = saidOf(theirs);
  if (said === null) return own;
  if (own === undefined || (own === null && isFields(said.value))) return theirs.value;
  const strictness = strictnessAt(ruleOf(path));
  if (strictness === null && isFields(said.value) && isFields(own))
    return mergeFields(theirs, own, path, found);
  if (strictness === free) return deepDefaults(theirs.value, own);
  return judged(strictness ?? same, said, own, path, found);
}

function mergeFields(theirs: Theirs, own: Fields, path: readonly string[], found: Weakening[]): Fields {
  const names = new Set([...Object.keys(isFields(theirs.value) ? theirs.value : {}), ...Object.keys(own)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const mine = Object.hasOwn(own, name) ? own[name] : undefined;
      const value = mergeAt(childOf(theirs, name, path), mine, [...path, name], found);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function judged(
  strictness: Strictness,
  { value: theirs, path: theirPath }: Theirs,
  own: unknown,
  path: readonly string[],
  found: Weakening[],
): unknown {
  const { value, expected } = strictness.judge(theirs, own);
  if (expected !== null) found.push({ path, theirPath, own, theirs, expected });
  return value;
}

/** The next step down. A service is compared with `release`, an environment with the command that it is of. */
function childOf(theirs: Theirs, name: string, path: readonly string[]): Theirs {
  const next = at(theirs, name);
  if (path.length === 0 && name === 'services') return { ...next, otherwise: at(theirs, 'release') };
  if (name === 'environments' && path.at(-2) === 'permissions') return { ...next, otherwise: theirs };
  const isCase =
    (path.length === 1 && path[0] === 'services') ||
    (path.at(-1) === 'environments' && path.at(-3) === 'permissions');
  return isCase ? { ...next, otherwise: theirs.otherwise } : next;
}

function at({ value, path, otherwise }: Theirs, name: string): Theirs {
  const inside = isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return place(inside, [...path, name], otherwise === null ? null : at(otherwise, name));
}

/** What is said here, or of what this is a case of. */
function saidOf(theirs: Theirs): Theirs | null {
  for (let one: Theirs | null = theirs; one !== null; one = one.otherwise) {
    if (one.value !== undefined && one.value !== null) return one;
  }
  return null;
}

/** Where the table speaks of it: a service's key under `release`, an environment's under its command. */
function ruleOf(path: readonly string[]): readonly string[] {
  const plain = path[0] === 'services' && path.length > 2 ? ['release', ...path.slice(2)] : path;
  const isOfEnvironment = plain[1] === 'permissions' && plain[3] === 'environments' && plain.length > 5;
  return isOfEnvironment ? [...plain.slice(0, 3), ...plain.slice(5)] : plain;
}

function deepDefaults(theirs: unknown, own: unknown): unknown {
  if (!isFields(theirs) || !isFields(own)) return own;
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(own)])];
  return Object.fromEntries(
    names.map((name) => [
      name,
      !Object.hasOwn(own, name)
        ? theirs[name]
        : Object.hasOwn(theirs, name)
          ? deepDefaults(theirs[name], own[name])
          : own[name],
    ]),
  );
}

/** An organisation that says how to release, but of no metrics, speaks to those that release anything. */
function withoutHalfARelease(value: Fields, theirs: Fields, own: Fields): Fields {
  const isWhole = isFields(theirs.release) && theirs.release.metrics !== undefined;
  if (own.release !== undefined || own.services !== undefined || isWhole) return value;
  const { release: _, ...rest } = value;
  return rest;
}
