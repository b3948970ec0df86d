import { z } from 'zod';
import { aggregatesOfCommit } from '../../adapters/postgres/index.ts';
import { eventHandler, ignored, withAction } from './event-handler.ts';
import { pullRequestUpdate } from './pull-request.ts';

/**
 * A workflow of a pull request ended. Results come through `/v1/evidence`; this is the second chance to notice
 * a pull request whose own webhook was lost.
 */
export const workflowRun = eventHandler({
  event: 'workflow_run',
  wants: withAction('completed'),
  payload: z.object({
    workflow_run: z.object({
      head_sha: z.string(),
      pull_requests: z.array(z.object({ number: z.int() })).default([]),
    }),
  }),
  async read({ workflow_run: run }, context) {
    const number = run.pull_requests[0]?.number;
    if (number === undefined) return ignored('nothing to look after');
    const known = await aggregatesOfCommit(context.store, context.repository, run.head_sha);
    return known.length > 0 ? ignored('known commit') : pullRequestUpdate(number, context);
  },
});
