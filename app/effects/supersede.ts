import { InternalError } from '../../core/errors.ts';
import type { Performer } from './performer.ts';

/** Tells the release under way that a newer one takes its place. Told twice, it has given way already. */
export const supersedeRelease: Performer<'supersedeRelease'> = async ({ tag, by, since }, context) => {
  const { aggregate, tell } = context;
  if (tell === undefined) {
    throw new InternalError('NOT_WIRED', 'This process cannot tell another release anything', 'Report this.');
  }
  await tell({ ...aggregate, key: tag }, { type: 'release.superseded', by, since });
  return { settled: {} };
};
