import { z } from 'zod';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `"90s"`, `"1.5h"` → milliseconds; null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const unit = match[2] as keyof typeof unitMs;
  const ms = Math.round(Number(match[1]) * unitMs[unit]);
  return Number.isSafeInteger(ms) ? ms : null;
}

/** A duration in YAML (`30s`, `5m`, `72h`), in the program a number of milliseconds. */
export const durationSchema = z.union([
  z.int().nonnegative(),
  z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null) return ms;
    context.addIssue({
      code: 'custom',
      message: `expected a duration such as 30s, 5m or 72h, found ${JSON.stringify(text)}`,
    });
    return z.NEVER;
  }),
]);
