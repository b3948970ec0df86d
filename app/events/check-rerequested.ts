import { z } from 'zod';
import { aggregatesOfCommit } from '../../adapters/postgres/index.ts';
import { checkNameOf, type GateName, gateNames } from '../../core/gate/names.ts';
import {
  actorSchema,
  type EventContext,
  eventHandler,
  type Interpretation,
  ignored,
  withAction,
} from './event-handler.ts';

const appSchema = z.object({ slug: z.string().nullish() }).nullish();
const senderSchema = actorSchema.nullish();

/** "Re-run" was pressed on one of our checks. Everybody else's checks are dropped here, before any work. */
export const checkRun = eventHandler({
  event: 'check_run',
  wants: withAction('rerequested'),
  payload: z.object({
    check_run: z.object({
      name: z.string(),
      head_sha: z.string(),
      external_id: z.string().nullish(),
      app: appSchema,
    }),
    sender: senderSchema,
  }),
  read({ check_run: check, sender }, context) {
    if (check.app?.slug !== context.forge.appSlug) return ignored("another app's check");
    const gate = gateNames.find((name) => checkNameOf[name] === check.name);
    if (gate === undefined) return ignored('an unknown check');
    const seen = check.external_id ? { seen: check.external_id } : {};
    return rerequested({ sha: check.head_sha, gates: [gate], by: sender?.login, ...seen }, context);
  },
});

export const checkSuite = eventHandler({
  event: 'check_suite',
  wants: withAction('rerequested'),
  payload: z.object({
    check_suite: z.object({ head_sha: z.string(), app: appSchema }),
    sender: senderSchema,
  }),
  read({ check_suite: suite, sender }, context) {
    if (suite.app?.slug !== context.forge.appSlug) return ignored("another app's checks");
    return rerequested({ sha: suite.head_sha, gates: 'all', by: sender?.login }, context);
  },
});

interface Pressed {
  readonly sha: string;
  readonly gates: readonly GateName[] | 'all';
  readonly by: string | undefined;
  readonly seen?: string;
}

async function rerequested(
  { by, ...pressed }: Pressed,
  { repository, store }: EventContext,
): Promise<Interpretation> {
  const refs = await aggregatesOfCommit(store, repository, pressed.sha);
  const changes = refs.filter(({ kind }) => kind === 'change');
  const event = { type: 'checks.rerequested', ...pressed, ...(by === undefined ? {} : { by }) } as const;
  return { outcome: 'rerequested', events: changes.map((ref) => ({ ref, event })) };
}
