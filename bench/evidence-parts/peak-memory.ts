import { readFileSync } from 'node:fs';

/**
 * The most memory that this process held at a time, kB. Linux counts for `getrusage` what the process held that started
 * it, so it is asked for the peak of this program alone.
 */
export function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return peak === undefined ? process.resourceUsage().maxRSS : Number(peak);
}
