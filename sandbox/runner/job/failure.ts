import { ConductorError } from '../../../core/errors.ts';

/** A thrown value as one line for a log; a user's mistake without a stack trace. */
export function describeFailure(error: unknown): string {
  if (error instanceof ConductorError) return `${error.message} (${error.help})`;
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error) {
    return `the command "${String(error.path)}" could not be started: it, or the working directory, does not exist`;
  }
  return error instanceof Error ? error.message : String(error);
}
