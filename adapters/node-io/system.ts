import type { Clock } from '../../core/ports/system.ts';

/** The machine's wall clock. */
export const systemClock: Clock = { now: () => Date.now() };
