import { RegoError } from '../errors.ts';

/** What one evaluation may use. Whatever is left out has the default. */
export interface Limits {
  /** Rule bodies entered and elements visited. Default 10,000,000. */
  readonly steps?: number;
  /** Rules and functions inside one another. Default 500. */
  readonly depth?: number;
  /** Values and characters that built-ins and comprehensions may create. Default 10,000,000. */
  readonly allocations?: number;
  /** Wall clock, in ms. Default 10,000. */
  readonly milliseconds?: number;
}

export const defaultLimits: Required<Limits> = {
  steps: 10_000_000,
  depth: 500,
  allocations: 10_000_000,
  milliseconds: 10_000,
};

/** So many elements are one step of work. */
const SMALL = 16;

/** Callers pass the same limits again and again: each is completed once. */
const completed = new WeakMap<Limits, Required<Limits>>();

function withDefaults(limits: Limits): Required<Limits> {
  let all = completed.get(limits);
  if (all === undefined) {
    all = { ...defaultLimits, ...limits };
    completed.set(limits, all);
  }
  return all;
}

/** The clock is asked once in this many steps. */
const STEPS_BETWEEN_LOOKS = 256;

/** Counts what an evaluation uses and ends it with `eval_limit_error` when a limit is passed. */
export class Budget {
  private steps = 0;
  private allocated = 0;
  private depth = 0;
  private nextLook: number;
  private readonly limits: Required<Limits>;
  private readonly clock: () => number;
  private readonly deadline: number;

  /** `clock` gives ms; only differences count. */
  constructor(limits: Limits | undefined, clock: () => number) {
    this.limits = limits === undefined ? defaultLimits : withDefaults(limits);
    this.clock = clock;
    this.deadline = clock() + this.limits.milliseconds;
    this.nextLook = Math.min(STEPS_BETWEEN_LOOKS, this.limits.steps);
  }

  /** One more step. */
  tick(): void {
    this.steps += 1;
    if (this.steps > this.nextLook) this.look();
  }

  /** Counts work in proportion to `size` that creates nothing. */
  work(size: number): void {
    if (size < SMALL) return;
    this.steps += size / SMALL;
    if (this.steps > this.nextLook) this.look();
  }

  /** Announces work in proportion to `size`, before it is done. */
  charge(size: number): void {
    this.allocated += size;
    if (this.allocated > this.limits.allocations) exhausted('allocations', this.limits.allocations);
    this.steps += size / SMALL;
    if (this.steps > this.nextLook) this.look();
  }

  enter(): void {
    this.depth += 1;
    if (this.depth > this.limits.depth) exhausted('depth', this.limits.depth);
    this.tick();
  }

  leave(): void {
    this.depth -= 1;
  }

  private look(): void {
    if (this.steps > this.limits.steps) exhausted('steps', this.limits.steps);
    if (this.clock() > this.deadline) exhausted('milliseconds', this.limits.milliseconds);
    this.nextLook = Math.min(this.steps + STEPS_BETWEEN_LOOKS, this.limits.steps);
  }
}

function exhausted(what: string, limit: number): never {
  throw new RegoError('eval_limit_error', `evaluation used up its ${what} (limit ${limit})`);
}
