import type { Performer } from './performer.ts';
import { readBurn } from './slo-burn.ts';

/** The objectives of production at this moment. */
export const readSlo: Performer<'readSlo'> = async ({ n, sha }, context) => {
  const burning = await readBurn(sha, context);
  return { event: { type: 'slo.read', n, ...(burning !== undefined && { burning }) } };
};
