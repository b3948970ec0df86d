import { InternalError } from '../../core/errors.ts';
import type { Performer } from './performer.ts';

/** Tells the failed release that somebody has resolved it. Told twice, it is resolved already. */
export const resolveFailure: Performer<'resolveFailure'> = async ({ tag, by, reason }, context) => {
  const { aggregate, tell } = context;
  if (tell === undefined) {
    throw new InternalError('NOT_WIRED', 'This process cannot tell another release anything', 'Report this.');
  }
  await tell({ ...aggregate, key: tag }, { type: 'failure.resolved', by, reason });
  return { settled: {} };
};
