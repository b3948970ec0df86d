import { submitResult } from '../adapters/actions-runner/submit.ts';
import { noticeCommand } from '../adapters/actions-runner/workflow-commands.ts';
import type { ActionRun, Attempt } from './action-run.ts';
import { patience, tokenOf } from './conductor-access.ts';
import { showError } from './show-error.ts';

/** Hands every result to the Conductor, if the job has one. Returns the exit status: 0, or that of the worst failure. */
export async function submitResults(run: ActionRun, attempts: readonly Attempt[]): Promise<number> {
  const { conductorUrl } = run.inputs;
  if (conductorUrl === '') return 0;
  if (run.context.fork && !run.env.ACTIONS_ID_TOKEN_REQUEST_URL) return leaveResults(run);
  let status = 0;
  for (const attempt of attempts) {
    if ('error' in attempt) continue;
    try {
      const token = () => tokenOf(run);
      const digest = await submitResult({ conductorUrl, token, ...attempt.outcome }, patience);
      console.log(`${attempt.gate}: accepted by ${conductorUrl} as sha256:${digest}`);
    } catch (error) {
      status = Math.max(status, showError(error));
    }
  }
  return status;
}

/** A fork gets no token. The Conductor collects what the run uploads, and looks at it as at anybody's data. */
function leaveResults({ inputs }: ActionRun): number {
  const words = `Runs for forks get no token. Upload ${inputs.outputFolder} as an artifact named release-conductor-…, and the Conductor collects it.`;
  console.log(noticeCommand('no token', words));
  return 0;
}
