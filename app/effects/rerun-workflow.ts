import type { Performer } from './performer.ts';

/** Runs a workflow run again; while it still runs, it is waited for. */
export const rerunWorkflow: Performer<'rerunWorkflow'> = async ({ runId, since }, { forge }) => {
  await forge.rerunWorkflow(runId, since);
  return { settled: {} };
};
