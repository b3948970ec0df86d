import { z } from 'zod';
import { VerificationError } from '../../core/errors.ts';
import type { Keeping } from '../../core/evidence/retention.ts';

const schema = z.strictObject({ retain_until: z.iso.datetime(), held: z.boolean() });

export function renderKeeping({ retainUntil, held }: Keeping): string {
  return `${JSON.stringify({ retain_until: new Date(retainUntil).toISOString(), held })}\n`;
}

/** @throws VerificationError `KEEPING_MALFORMED`: nobody knows any more how long, so it is neither kept nor removed. */
export function parseKeeping(text: string): Keeping {
  try {
    const { retain_until, held } = schema.parse(JSON.parse(text));
    return { retainUntil: Date.parse(retain_until), held };
  } catch (cause) {
    throw new VerificationError(
      'KEEPING_MALFORMED',
      'A record of how long evidence is kept cannot be read',
      'Restore the .json file beside the evidence from a backup.',
      { cause },
    );
  }
}
