import { ConfigError } from '../../core/errors.ts';
import type { Performer } from './performer.ts';

/** Opens the page on which somebody confirms a command. Opened twice it is the same page. */
export const openStepUp: Performer<'openStepUp'> = async ({ kind: _, ...asked }, context) => {
  const { stepUp, aggregate, key, now } = context;
  if (stepUp === undefined) {
    throw new ConfigError(
      'STEP_UP_UNAVAILABLE',
      'nobody can confirm a command here: the sign-in with GitHub is not set up',
      'Set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET in the environment of the Conductor.',
    );
  }
  return { settled: { url: await stepUp.open({ ...asked, aggregate, key, at: now() }) } };
};
