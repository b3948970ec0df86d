import type { Builtin } from './builtins/builtin.ts';
import { BuiltinError, OperandError } from './builtins/builtin.ts';
import { pureBuiltins } from './builtins/registry.ts';
import { RegoError } from './errors.ts';
import { Budget } from './eval/budget.ts';
import { type Environment, Kept } from './eval/context.ts';
import type { Bindings, Decision, Schema } from './options.ts';
import { fromJson, type Json, toJson } from './value/json.ts';

/** What of `@open-policy-agent/opa-wasm` is used. */
interface LoadedPolicy {
  readonly entrypoints: Readonly<Record<string, number>>;
  evaluate(input: unknown, entrypoint: number): unknown;
  setData(data: object): void;
}

export interface WasmOptions {
  /** Base documents below `data`. */
  readonly data?: object;
  /** The most memory that the module may take, in pages of 64 KiB. Default 1,024. */
  readonly pages?: number;
  readonly builtins?: readonly Builtin[];
}

/**
 * A policy that `opa build -t wasm` compiled. Built-ins that neither the module nor its runtime has are those of
 * this library. There is no budget of steps or time inside WebAssembly: load only bundles that you trust.
 */
export class WasmPolicy {
  private readonly policy: LoadedPolicy;

  private constructor(policy: LoadedPolicy) {
    this.policy = policy;
  }

  /** Loads the `policy.wasm` of a bundle. Throws `RegoError` when it is none. */
  static async load(
    wasm: Uint8Array,
    { data, pages = 1024, builtins = [] }: WasmOptions = {},
  ): Promise<WasmPolicy> {
    const runtime = await import('@open-policy-agent/opa-wasm');
    try {
      const custom = Object.fromEntries(
        [...pureBuiltins, ...builtins].map((builtin) => [builtin.name, adapt(builtin)]),
      );
      const memory = { initial: 5, maximum: pages };
      const policy = (await runtime.loadPolicy(wasm as never, memory, custom)) as unknown as LoadedPolicy;
      if (data !== undefined) policy.setData(data);
      return new WasmPolicy(policy);
    } catch (error) {
      throw new RegoError(
        'rego_compile_error',
        `not a policy compiled by opa build -t wasm: ${messageOf(error)}`,
      );
    }
  }

  /** The entrypoints that the bundle was built with, as `package/rule`. */
  entrypoints(): readonly string[] {
    return Object.keys(this.policy.entrypoints);
  }

  /** The value of an entrypoint, or undefined where Rego says undefined. Throws `RegoError`. */
  evaluate(entrypoint: string, input: unknown): Json | undefined {
    const name = entrypoint.replace(/^data\./, '').replaceAll('.', '/');
    const id = Object.hasOwn(this.policy.entrypoints, name) ? this.policy.entrypoints[name] : undefined;
    if (id === undefined) {
      throw new RegoError(
        'rego_compile_error',
        `the bundle has no entrypoint ${name}; it has ${this.entrypoints().join(', ')}`,
      );
    }
    try {
      const results = this.policy.evaluate(input === undefined ? undefined : fromJson(input), id) as
        | Bindings[]
        | null;
      return results?.[0]?.result;
    } catch (error) {
      throw new RegoError('eval_internal_error', `the compiled policy failed: ${messageOf(error)}`);
    }
  }

  /** Decides like `Policy.decide`: whatever is not `decided` must be taken as a refusal. */
  decide<T>(entrypoint: string, input: unknown, schema: Schema<T>): Decision<T> {
    try {
      const value = this.evaluate(entrypoint, input);
      if (value === undefined) return { kind: 'undefined' };
      const checked = schema.safeParse(value);
      return checked.success
        ? { kind: 'decided', value: checked.data }
        : { kind: 'invalid', error: checked.error };
    } catch (error) {
      if (error instanceof RegoError) return { kind: 'failed', error };
      throw error;
    }
  }
}

/** A built-in as WebAssembly calls it: JSON in, JSON out, undefined for errors as OPA has it. */
function adapt(builtin: Builtin): (...args: unknown[]) => unknown {
  return (...args) => {
    try {
      const result = builtin.evaluate(
        args.map((arg) => fromJson(arg)),
        environment(),
      );
      return result === undefined ? undefined : toJson(result);
    } catch (error) {
      if (error instanceof BuiltinError || error instanceof OperandError) return undefined;
      throw error;
    }
  };
}

function environment(): Environment {
  const now = BigInt(Date.now()) * 1_000_000n;
  return {
    budget: new Budget(undefined, () => performance.now()),
    nowNs: () => now,
    strictBuiltinErrors: false,
    random: Math.random,
    print: undefined,
    tracer: undefined,
    kept: new Kept(),
    runtime: {},
    memoSize: 0,
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
