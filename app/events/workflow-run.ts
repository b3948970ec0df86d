import { z } from 'zod';
import { aggregatesOfCommit } from '../../adapters/postgres/index.ts';
import { reportingEvents } from '../../core/evidence/intake.ts';
import { eventHandler, ignored, withAction } from './event-handler.ts';
import { pullRequestUpdate } from './pull-request.ts';

const none = ignored('a run that may not report');

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
    const { repository, store } = context;
    const number = run.pull_requests[0]?.number;
    const known = await aggregatesOfCommit(store, repository, run.head_sha);
    // Of a fork GitHub names no pull request: its own webhook has to bring it.
    const update =
      known.length === 0 && number !== undefined ? await pullRequestUpdate(number, context) : none;
    if (!reportingEvents.has(run.event)) return update;
    const ended = { repository, sha: run.head_sha, runId: run.id, attempt: run.run_attempt };
    return { outcome: 'run completed', events: update.events, ended: [ended] };
  },
});
