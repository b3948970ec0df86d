import { isCallee, type With } from '../compile/ir.ts';
import { Context, type Eval, type Mock, type Overrides, type Step } from '../eval/context.ts';
import { RegoObject } from '../value/collections.ts';
import { isObject, objectEntries, objectGet } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { type Builder, chain, type Site } from './site.ts';
import { planTerm } from './terms.ts';

/** A change to the context: applied in order, later ones on top. */
type Change = (c: Context, r: (Value | undefined)[], next: Draft) => boolean;

interface Draft {
  input: Value | undefined;
  data: Value;
  overrides: Overrides | null;
  mocks: Map<string, Mock> | null;
}

/** Plans a literal under its modifiers; what follows the literal sees the documents as they were. */
export function planWiths(
  withs: readonly With[],
  site: Site,
  builders: Builder[],
  plan: (inner: Builder[]) => void,
): void {
  const changes = withs.map((modifier) => planChange(modifier, site, builders));
  const inner: Builder[] = [];
  plan(inner);
  const saved = site.fresh();
  builders.push((next): Step => {
    const step = chain(inner, (_c, r) => next(r[saved] as unknown as Context, r));
    return (c, r) => {
      const draft: Draft = { input: c.input, data: c.data, overrides: c.overrides, mocks: null };
      for (const change of changes) if (!change(c, r, draft)) return false;
      const mocks = draft.mocks === null ? c.mocks : new Map([...(c.mocks ?? []), ...draft.mocks]);
      const under = new Context(c.environment, draft.input, draft.data, draft.overrides, mocks);
      const earlier = r[saved];
      r[saved] = c as unknown as Value;
      const stop = step(under, r);
      r[saved] = earlier;
      return stop;
    };
  });
}

function planChange(modifier: With, site: Site, builders: Builder[]): Change {
  if (modifier.kind === 'document') {
    const value = planTerm(modifier.value, site, builders);
    return modifier.root === 'input' ? inputChange(modifier.path, value) : dataChange(modifier.path, value);
  }
  const name = mockKey(modifier.callee);
  if (isCallee(modifier.replacement)) {
    const call = site.program.function(modifier.replacement, modifier.location);
    return (_c, _r, draft) => {
      draft.mocks = (draft.mocks ?? new Map()).set(name, { kind: 'call', call });
      return true;
    };
  }
  const value = planTerm(modifier.replacement, site, builders);
  return (c, r, draft) => {
    const replacement = value(c, r);
    if (replacement === undefined) return false;
    draft.mocks = (draft.mocks ?? new Map()).set(name, { kind: 'value', value: replacement });
    return true;
  };
}

/** The key of a function in the table of replaced functions. */
export function mockKey(callee: { kind: 'builtin' | 'rule'; name: string }): string {
  return `${callee.kind} ${callee.name}`;
}

const inputChange =
  (path: readonly string[], value: Eval): Change =>
  (c, r, draft) => {
    const replacement = value(c, r);
    if (replacement === undefined) return false;
    draft.input = replaceAt(draft.input, path, replacement);
    return true;
  };

const dataChange =
  (path: readonly string[], value: Eval): Change =>
  (c, r, draft) => {
    const replacement = value(c, r);
    if (replacement === undefined) return false;
    draft.data = replaceAt(draft.data, path, replacement);
    draft.overrides = overrideAt(draft.overrides, path);
    return true;
  };

/** A copy of the document with one path replaced; what is in the way and is no object gives way. */
function replaceAt(document: Value | undefined, path: readonly string[], value: Value, at = 0): Value {
  const key = path[at];
  if (key === undefined) return value;
  const object = document !== undefined && isObject(document) ? document : undefined;
  const copy = RegoObject.of(object === undefined ? [] : objectEntries(object));
  return copy.set(
    key,
    replaceAt(object === undefined ? undefined : objectGet(object, key), path, value, at + 1),
  );
}

function overrideAt(overrides: Overrides | null, path: readonly string[], at = 0): Overrides {
  const key = path[at];
  if (key === undefined || overrides?.terminal === true) return { terminal: true, children: new Map() };
  const children = new Map(overrides?.children);
  children.set(key, overrideAt(children.get(key) ?? null, path, at + 1));
  return { terminal: false, children };
}
