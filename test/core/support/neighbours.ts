import type { Neighbour } from '../../../core/release/neighbours.ts';
import { start } from './facts.ts';

/** Another release of the same way: by default it owns it. */
export function neighbour(tag: string, change: Partial<Neighbour> = {}): Neighbour {
  return {
    tag,
    way: '@production',
    phase: 'soaking',
    phaseSince: start - 60_000,
    occupies: true,
    startedAt: start - 60_000,
    ...change,
  };
}

export function waiting(tag: string, change: Partial<Neighbour> = {}): Neighbour {
  return neighbour(tag, { phase: 'queued', occupies: false, ...change });
}
