import type { Performer } from './performer.ts';

/** Runs a workflow run again. GitHub refuses while it still runs: then its next result is new enough. */
export const rerunWorkflow: Performer<'rerunWorkflow'> = async ({ runId }, { forge }) => {
  await forge.rerunWorkflow(runId);
  return { settled: {} };
};
