import type { Performer } from './performer.ts';

/** The waiting was done by the queue: the effect became due. */
export const startTimer: Performer<'startTimer'> = async ({ timer }) => ({
  event: { type: 'timer.fired', timer },
});
