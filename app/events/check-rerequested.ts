import { z } from 'zod';
import { aggregatesOfCommit } from '../../adapters/postgres/index.ts';
import { checkNameOf, type GateName, gateNames } from '../../core/gate/names.ts';
import {
  type EventContext,
  eventHandler,
  type Interpretation,
  ignored,
  withAction,
} from './event-handler.ts';

const appSchema = z.object({ slug: z.string().nullish() }).nullish();

/** "Re-run" was pressed on one of our checks. Everybody else's checks are dropped here, before any work. */
export const checkRun = eventHandler({
  event: 'check_run',
  wants: withAction('rerequested'),
  payload: z.object({
    check_run: z.object({ name: z.string(), head_sha: z.string(), app: appSchema }),
  }),
  read({ check_run: check }, context) {
    if (check.app?.slug !== context.forge.appSlug) return ignored("another app's check");
    const gate = gateNames.find((name) => checkNameOf[name] === check.name);
    return gate === undefined ? ignored('an unknown check') : rerequested(check.head_sha, [gate], context);
  },
});

export const checkSuite = eventHandler({
  event: 'check_suite',
  wants: withAction('rerequested'),
  payload: z.object({
    check_suite: z.object({ head_sha: z.string(), app: appSchema }),
  }),
  read({ check_suite: suite }, context) {
    if (suite.app?.slug !== context.forge.appSlug) return ignored("another app's checks");
    return rerequested(suite.head_sha, 'all', context);
  },
});

async function rerequested(
  sha: string,
  gates: readonly GateName[] | 'all',
  { repository, store }: EventContext,
): Promise<Interpretation> {
  const refs = await aggregatesOfCommit(store, repository, sha);
  const changes = refs.filter(({ kind }) => kind === 'change');
  return {
    outcome: 'rerequested',
    events: changes.map((ref) => ({ ref, event: { type: 'checks.rerequested', gates, sha } })),
  };
}
