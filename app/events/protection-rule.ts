import { z } from 'zod';
import { eventHandler, ignored, withAction } from './event-handler.ts';
import { governanceOf } from './settings.ts';

/** A job of some workflow waits before an environment that the Conductor guards. */
export const protectionRule = eventHandler({
  event: 'deployment_protection_rule',
  wants: withAction('requested'),
  payload: z.object({
    environment: z.string(),
    deployment_callback_url: z.string(),
    sha: z.string().optional(),
    deployment: z.object({ sha: z.string() }).nullish(),
  }),
  read({ environment, deployment_callback_url: url, deployment, sha: head }, { repository }) {
    const runId = Number(/\/actions\/runs\/(\d+)\/deployment_protection_rule$/.exec(url)?.[1]);
    const sha = deployment?.sha ?? head;
    if (!Number.isSafeInteger(runId) || sha === undefined) return ignored('names no run');
    const event = { type: 'entry.requested', runId, environment, sha } as const;
    return { outcome: 'entry requested', events: [{ ref: governanceOf(repository), event }] };
  },
});
