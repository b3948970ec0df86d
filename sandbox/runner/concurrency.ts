import { InputError } from '../../core/errors.ts';
import { render, type Scope } from './expressions/evaluate.ts';
import type { Template } from './workflow/model.ts';

export interface ConcurrencySetting {
  readonly group: string;
  readonly cancelInProgress: boolean;
}

/** `concurrency: name` or `{group, cancel-in-progress}`. Throws `InputError` for what is not supported. */
export function concurrencyOf(template: Template | null, scope: Scope): ConcurrencySetting | null {
  if (template === null) return null;
  const value = render(template, scope);
  if (typeof value === 'string') return { group: value, cancelInProgress: false };
  const { group, 'cancel-in-progress': cancel, ...others } = value as Record<string, unknown>;
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw new InputError(
      'concurrency-unsupported',
      `concurrency.${unknown[0]} is not supported by the sandbox's runner`,
      'keep to `group` and `cancel-in-progress`',
    );
  }
  return { group: String(group), cancelInProgress: cancel === true };
}

interface Waiting {
  readonly cancel: AbortController;
  readonly start: (release: (() => void) | null) => void;
}

/**
 * At most one holder and one waiter a group. A newcomer supersedes the waiter, as on GitHub, and cancels the
 * holder when it asks for it.
 */
export class ConcurrencyGroups {
  readonly #holders = new Map<string, Waiting>();
  readonly #waiters = new Map<string, Waiting>();

  /** Resolves with the release function when it is this one's turn, or with null when it was superseded. */
  acquire(group: string, cancelInProgress: boolean, cancel: AbortController): Promise<(() => void) | null> {
    return new Promise((start) => {
      const entry: Waiting = { cancel, start };
      const holder = this.#holders.get(group);
      if (holder === undefined) {
        this.#hold(group, entry);
        return;
      }
      this.#waiters.get(group)?.start(null);
      this.#waiters.set(group, entry);
      if (cancelInProgress) holder.cancel.abort();
    });
  }

  #hold(group: string, entry: Waiting): void {
    this.#holders.set(group, entry);
    entry.start(() => {
      this.#holders.delete(group);
      const next = this.#waiters.get(group);
      this.#waiters.delete(group);
      if (next !== undefined) this.#hold(group, next);
    });
  }
}

/** Lets at most `limit` holders in at once, in order of arrival. */
export class Slots {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
