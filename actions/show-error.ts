import { errorCommand } from '../adapters/actions-runner/workflow-commands.ts';
import { ConductorError } from '../core/errors.ts';
import { exitStatusOfError } from '../core/gate/exit-status.ts';

/** One or two lines for a person's mistake; the stack only for a defect of ours. */
export function showError(error: unknown): number {
  if (error instanceof ConductorError) {
    console.log(errorCommand(error.code, `${error.message}\n${error.help}`));
  } else {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(errorCommand('INTERNAL', `A defect of the action, please report it.\n${words}`));
  }
  return exitStatusOfError(error);
}
