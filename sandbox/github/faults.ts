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

export type Fault = FaultKind & {
  /** Any method when absent. */
  readonly method?: string;
  /** Matched against the path without the query. */
  readonly path: RegExp;
  /** How many matching requests pass before it hits; default 0. */
  readonly skip?: number;
  /** How many matching requests it hits; default 1. */
  readonly times?: number;
};

/** Failures that a test has ordered. The oldest fault that matches hits first. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; skip: number; left: number }[] = [];

  next(fault: Fault): void {
    this.#waiting.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  /** Faults that have not hit as often as ordered: a test that ends with some did not test what it says. */
  pending(): readonly Fault[] {
    return this.#waiting.map(({ fault }) => fault);
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  take(method: string, path: string): Fault | null {
    const index = this.#waiting.findIndex(
      ({ fault }) => (fault.method === undefined || fault.method === method) && fault.path.test(path),
    );
    const hit = this.#waiting[index];
    if (hit === undefined) return null;
    if (hit.skip > 0) {
      hit.skip -= 1;
      return null;
    }
    hit.left -= 1;
    if (hit.left === 0) this.#waiting.splice(index, 1);
    return hit.fault;
  }
}
