import type { BuiltinOptions } from './builtins/registry.ts';
import type { RegoError } from './errors.ts';
import type { Limits } from './eval/budget.ts';
import type { Tracer } from './eval/tracer.ts';
import type { Instrument } from './plan/instrument.ts';
import type { Json } from './value/json.ts';

/** A file of Rego source. */
export interface Source {
  readonly file: string;
  readonly source: string;
}

export interface CompileOptions extends BuiltinOptions {
  /** Base documents below `data`. */
  readonly data?: unknown;
  /** Watches evaluation, for coverage and explanations; costs time only when given. */
  readonly instrument?: Instrument;
}

export interface EvaluateOptions {
  /** The input document; left out, `input` is undefined. */
  readonly input?: unknown;
  /** Replaces the base documents given to `compile`. */
  readonly data?: unknown;
  /** The caller's clock for `time.now_ns`: ms since the epoch, or ns as a bigint. Default: now. */
  readonly now?: number | bigint;
  readonly limits?: Limits;
  /** A clock for the time limit, in ms. Default: the process's monotonic clock. */
  readonly clock?: () => number;
  /** Errors of built-ins end the evaluation instead of making the expression undefined. */
  readonly strictBuiltinErrors?: boolean;
  /** Receives what `print` and `trace` show. */
  readonly print?: (text: string, where: string) => void;
  /** Randomness for `rand.intn` and `uuid.rfc4122`: a number from 0 to 1. */
  readonly random?: () => number;
  /** What `opa.runtime()` gives. Default: an empty object. */
  readonly runtime?: unknown;
  readonly tracer?: Tracer;
}

/** One solution of a query: its variables by name. */
export type Bindings<T = Json> = Readonly<Record<string, T>>;

/** Anything that checks a value like a zod schema does. */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: unknown };
}

/** What a policy decided. Whatever is not `decided` must be taken as a refusal. */
export type Decision<T> =
  | { readonly kind: 'decided'; readonly value: T }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'invalid'; readonly error: unknown }
  | { readonly kind: 'failed'; readonly error: RegoError };
