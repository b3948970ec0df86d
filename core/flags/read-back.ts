import { clopperPearson } from '../stats/proportion.ts';

/** Evaluations of a flag that everybody or nobody should get. */
export const fewSamples = 10;
const mostSamples = 1_000;

/** A share that disagrees by chance does so once in this many looks at most. */
const confidence = 0.9999;

/** @param samples the least for a flag that only some users get: the rarer side has to be seen about ten times. */
export function samplesFor(percent: number, samples: number): number {
  if (percent === 0 || percent === 100) return fewSamples;
  return Math.min(mostSamples, Math.max(samples, Math.ceil(1_000 / Math.min(percent, 100 - percent))));
}

/**
 * Whether what was read back fits the share that was set: everybody and nobody to the last evaluation, anything
 * between as far as so many evaluations can tell (exact binomial interval).
 */
export function agrees(on: number, samples: number, percent: number): boolean {
  if (percent === 0) return on === 0;
  if (percent === 100) return on === samples;
  const { low, high } = clopperPearson(on, samples, confidence);
  return low <= percent / 100 && percent / 100 <= high;
}

/** The share that evaluations show, as far as they can: nobody, everybody, or not known. */
export function shareShown(on: number, samples: number): number | null {
  if (on === 0) return 0;
  return on === samples ? 100 : null;
}
