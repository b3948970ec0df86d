import { z } from 'zod';
import { aggregatesOfCommit } from '../../adapters/postgres/index.ts';
import { reportingEvents } from '../../core/evidence/intake.ts';
import { eventHandler, ignored, withAction } from './event-handler.ts';
import { pullRequestUpdate } from './pull-request.ts';

/**
 * A workflow ended. Results come through `/v1/evidence`; those of runs that got no token (forks) or could not reach us
 * lie in its artifacts. It is also the second chance to notice a pull request whose own webhook was lost.
 */
export const workflowRun = eventHandler({
  event: 'workflow_run',
  wants: withAction('completed'),
  payload: z.object({
    workflow_run: z.object({
      id: z.int(),
      run_attempt: z.int().default(1),
      event: z.string(),
      head_sha: z.string(),
      pull_requests: z.array(z.object({ number: z.int() })).default([]),
    }),
  }),
  async read({ workflow_run: run }, context) {
    const number = run.pull_requests[0]?.number;
    const known = await aggregatesOfCommit(context.store, context.repository, run.head_sha);
    if (known.length === 0) {
      return number === undefined ? ignored('nothing to look after') : pullRequestUpdate(number, context);
    }
    if (!reportingEvents.has(run.event)) return ignored('a run that may not report');
    const event = { type: 'run.completed', runId: run.id, attempt: run.run_attempt } as const;
    return { outcome: 'run completed', events: known.map((ref) => ({ ref, event })) };
  },
});
