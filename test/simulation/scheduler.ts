import { randomFrom } from '../../core/stats/random.ts';
import { Heap } from './heap.ts';

/** One operating-system process of the simulated world. What is dead never runs again, what is frozen runs later. */
export interface Process {
  readonly id: string;
  /** How many processes had this place before. */
  readonly generation: number;
  alive: boolean;
  /** Virtual time until which nothing of this process runs. */
  frozenUntil: number;
  /** Virtual time until which work may go on whose locks were lost. */
  withoutLocksUntil: number;
  /** Its wall clock minus virtual time, ms. */
  skew: number;
}

/** A task of the world waits for something that only another step can bring about. `wake` makes it try again. */
export class Parked {
  readonly wakers: ((wake: () => void) => void)[];

  constructor(...wakers: ((wake: () => void) => void)[]) {
    this.wakers = wakers;
  }
}

/** What may happen to a call on its way: nothing of it, its action, its answer. */
export interface Interceptor {
  intercept(call: Call, action: () => unknown): Outcome;
}

export interface Call {
  readonly process: Process;
  readonly label: string;
}

export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown; readonly delay?: number }
  | { readonly kind: 'error'; readonly error: unknown; readonly delay?: number }
  /** The caller died, or its answer never comes. */
  | { readonly kind: 'nothing' };

interface Step {
  readonly process: Process | null;
  readonly label: string;
  /** True when code under test goes on in this step: its microtasks have to run out before the next one. */
  readonly resumes: boolean;
  readonly run: () => void;
}

/**
 * Owns every await of a port and the time. A port's promise is resolved by a step, which step comes next is
 * drawn from the seed, and time moves only when there is nothing left to do at the present moment.
 */
export class Scheduler {
  now: number;
  steps = 0;
  readonly random: () => number;
  interceptor: Interceptor = { intercept: (_call, action) => perform(action) };
  #ready: Step[] = [];
  readonly #timers = new Heap<{ readonly at: number; readonly order: number; readonly step: Step }>(
    (a, b) => a.at - b.at || a.order - b.order,
  );
  #order = 0;
  #trace = 0x811c9dc5;
  readonly #labels = new Map<string, number>();
  /** Every step; null: not kept. What matters to a reader stands beside the steps and begins with `★`. */
  readonly history: string[] | null;

  constructor(seed: number, start: number, keepHistory = false) {
    this.random = randomFrom(seed);
    this.now = start;
    this.history = keepHistory ? [] : null;
  }

  /** Notes something for whoever reads the history. */
  tell(what: string): void {
    this.history?.push(`${this.#time()} ★ ${what}`);
  }

  /** A port's method, called by `process`: the action happens in one step, the answer arrives in a later one. */
  call<T>(process: Process, label: string, action: () => T, latency: () => number = () => 0): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const attempt = (): void => {
        const outcome = this.interceptor.intercept({ process, label }, action);
        switch (outcome.kind) {
          case 'nothing':
            return;
          case 'value':
            this.#answer(process, label, outcome.delay ?? latency(), () => resolve(outcome.value as T));
            return;
          case 'error':
            if (outcome.error instanceof Parked) {
              const again = once(() => this.#push({ process, label, resumes: false, run: attempt }));
              for (const waker of outcome.error.wakers) waker(again);
              return;
            }
            this.#answer(process, label, outcome.delay ?? latency(), () => reject(outcome.error));
        }
      };
      this.#push({ process, label, resumes: false, run: attempt });
    });
  }

  /** Something of the world happens at a time, whatever processes live. */
  at(time: number, label: string, run: () => void): void {
    this.#at(time, { process: null, label, resumes: true, run });
  }

  /** Runs steps until `until` says so after one, or nothing is left to do. */
  async run(until: () => boolean): Promise<void> {
    while (!until()) {
      const step = this.#next();
      if (step === null) return;
      const { process } = step;
      if (process !== null && !process.alive) continue;
      if (process !== null && process.frozenUntil > this.now) {
        this.#at(process.frozenUntil, step);
        continue;
      }
      this.steps += 1;
      this.#note(step);
      step.run();
      if (step.resumes) await microtasksRunOut();
    }
  }

  /** Digest of everything that happened so far, in order. */
  get trace(): string {
    return (this.#trace >>> 0).toString(16).padStart(8, '0');
  }

  /** Mixes further facts into the trace. */
  mix(value: number): void {
    this.#trace = Math.imul(this.#trace ^ value, 0x01000193);
    this.#trace ^= this.#trace >>> 15;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** Whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)] as T;
  }

  #answer(process: Process, label: string, delay: number, run: () => void): void {
    const step = { process, label, resumes: true, run };
    if (delay > 0) this.#at(this.now + delay, step);
    else this.#push(step);
  }

  #push(step: Step): void {
    this.#ready.push(step);
  }

  #at(time: number, step: Step): void {
    this.#order += 1;
    this.#timers.push({ at: Math.max(time, this.now), order: this.#order, step });
  }

  #next(): Step | null {
    for (let due = this.#timers.peek(); due !== undefined; due = this.#timers.peek()) {
      if (due.at > this.now && this.#ready.length > 0) break;
      this.now = Math.max(this.now, due.at);
      this.#ready.push((this.#timers.pop() as { step: Step }).step);
    }
    if (this.#ready.length === 0) return null;
    const index = Math.floor(this.random() * this.#ready.length);
    const step = this.#ready[index] as Step;
    this.#ready[index] = this.#ready.at(-1) as Step;
    this.#ready.pop();
    return step;
  }

  #note({ process, label }: Step): void {
    const text = `${process?.id ?? 'world'} ${label}`;
    let number = this.#labels.get(text);
    if (number === undefined) {
      number = [...text].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 7);
      this.#labels.set(text, number);
    }
    this.mix(number);
    this.mix(this.now % 0x7fffffff);
    this.history?.push(`${this.#time()}   ${text}`);
  }

  #time(): string {
    return new Date(this.now).toISOString().slice(11, 23);
  }
}

export function perform(action: () => unknown): Outcome {
  try {
    return { kind: 'value', value: action() };
  } catch (error) {
    return { kind: 'error', error };
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

/** Everything that waits for nothing but resolved promises has run when this resolves. */
function microtasksRunOut(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
