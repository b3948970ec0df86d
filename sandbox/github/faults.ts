/** What goes wrong with a request that matches. */
export type FaultKind =
  /** GitHub answers this instead; nothing is done. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** The connection ends without an answer, before anything is done. */
  | { readonly kind: 'timeout-before' }
  /** The connection ends without an answer, after it is done. */
  | { readonly kind: 'timeout-after-commit' };

interface Target {
  /** Any method when absent. */
  readonly method?: string;
  /** Matched against the path without the query. */
  readonly path: RegExp;
  /** Login of who calls; anybody when absent. */
  readonly who?: string;
}

export type Fault = FaultKind &
  Target & {
    /** How many matching requests pass before it hits; default 0. */
    readonly skip?: number;
    /** How many matching requests it hits; default 1. */
    readonly times?: number;
  };

/** A fault that is never used up: it hits the first request of every path that matches. */
export type LastingFault = FaultKind & Target;

/** A request as faults see it. */
export interface FaultyRequest {
  readonly method: string;
  readonly path: string;
  readonly who: string;
}

/** Failures that a test has ordered. The oldest fault that matches hits first. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; skip: number; left: number }[] = [];
  readonly #lasting = new Set<{ readonly fault: LastingFault; readonly hit: Set<string> }>();

  next(fault: Fault): void {
    this.#waiting.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  /** Faults that have not hit as often as ordered: a test that ends with some did not test what it says. */
  pending(): readonly Fault[] {
    return this.#waiting.map(({ fault }) => fault);
  }

  /** From now on. `hit` is what it has hit so far, `METHOD /path`: emptied, it hits anew. */
  always(fault: LastingFault): { readonly hit: Set<string>; end(): void } {
    const hit = new Set<string>();
    const lasting = { fault, hit };
    this.#lasting.add(lasting);
    return { hit, end: () => void this.#lasting.delete(lasting) };
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#lasting.clear();
  }

  take(request: FaultyRequest): FaultKind | null {
    const index = this.#waiting.findIndex(({ fault }) => matches(fault, request));
    const found = this.#waiting[index];
    if (found === undefined) return this.#takeLasting(request);
    if (found.skip > 0) {
      found.skip -= 1;
      return null;
    }
    found.left -= 1;
    if (found.left === 0) this.#waiting.splice(index, 1);
    return found.fault;
  }

  #takeLasting(request: FaultyRequest): LastingFault | null {
    for (const { fault, hit } of this.#lasting) {
      const name = `${request.method} ${request.path}`;
      if (!matches(fault, request) || hit.has(name)) continue;
      hit.add(name);
      return fault;
    }
    return null;
  }
}

function matches(fault: Target, { method, path, who }: FaultyRequest): boolean {
  return (
    (fault.method === undefined || fault.method === method) &&
    (fault.who === undefined || fault.who === who) &&
    fault.path.test(path)
  );
}
