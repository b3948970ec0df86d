import { RegoError } from '../errors.ts';
import type { Value } from '../value/types.ts';
import type { Budget } from './budget.ts';
import type { Tracer } from './tracer.ts';

/** Registers of one rule: register 0 is the result, the others are its variables. */
export type Registers = (Value | undefined)[];

/** Computes at most one value; undefined is Rego's undefined. */
export type Eval = (c: Context, r: Registers) => Value | undefined;

/** Carries on with the rest of a body; true asks the enumeration before it to stop. */
export type Step = (c: Context, r: Registers) => boolean;

/** What the whole evaluation shares, whatever `with` replaces. */
export interface Environment {
  readonly budget: Budget;
  /** The caller's clock, ns since the epoch. */
  readonly nowNs: () => bigint;
  readonly strictBuiltinErrors: boolean;
  readonly random: () => number;
  readonly print: ((text: string, where: string) => void) | undefined;
  readonly tracer: Tracer | undefined;
  /** Values that built-ins keep for the length of one evaluation. */
  readonly kept: Kept;
  readonly runtime: Value;
  /** Room for the values of rule sets to start with. */
  readonly memoSize: number;
}

/** A small store that costs nothing until it is used. */
export class Kept {
  private values: Map<string, Value> | undefined;

  get(key: string): Value | undefined {
    return this.values?.get(key);
  }

  set(key: string, value: Value): void {
    this.values ??= new Map();
    this.values.set(key, value);
  }
}

/** Replaced paths below `data`: a terminal node hides whatever rule or document was there. */
export interface Overrides {
  readonly terminal: boolean;
  readonly children: ReadonlyMap<string, Overrides>;
}

/** What a mocked function becomes: a value, or another function. */
export type Mock =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'call'; readonly call: CallFunction };
export type CallFunction = (c: Context, args: readonly Value[]) => Value | undefined;

/** Marks "evaluated, and undefined" in the memo. */
export const NOTHING = Symbol('undefined');
export type Memo = (Value | typeof NOTHING | undefined)[];

/** The documents that rules see; `with` makes another one. */
export class Context {
  readonly input: Value | undefined;
  readonly data: Value;
  readonly overrides: Overrides | null;
  readonly mocks: ReadonlyMap<string, Mock> | null;
  /** Values of rule sets that were asked for, by their numbers. */
  readonly memo: Memo;
  readonly environment: Environment;
  readonly budget: Budget;
  /** Nothing is replaced, errors of built-ins are not strict: values that depend on nothing can be shared. */
  readonly isPlain: boolean;

  constructor(
    environment: Environment,
    input: Value | undefined,
    data: Value,
    overrides: Overrides | null = null,
    mocks: ReadonlyMap<string, Mock> | null = null,
  ) {
    this.environment = environment;
    this.memo = new Array(environment.memoSize);
    this.budget = environment.budget;
    this.input = input;
    this.data = data;
    this.overrides = overrides;
    this.mocks = mocks;
    this.isPlain = overrides === null && mocks === null && !environment.strictBuiltinErrors;
  }

  /** The same documents with no function replaced: what a replacement itself sees. */
  unmocked(): Context {
    return this.mocks === null
      ? this
      : new Context(this.environment, this.input, this.data, this.overrides, null);
  }
}

export function conflict(detail: string, location: RegoError['location']): RegoError {
  return new RegoError('eval_conflict_error', detail, location);
}
