import { RequestProblem } from './problem.ts';

/** Events whose actor is the person who wanted the run. */
export const commandingEvents: ReadonlySet<string> = new Set([
  'workflow_dispatch',
  'repository_dispatch',
  'push',
]);

/** A request that nobody obeys, with what to change. */
export function refused(status: number, code: string, message: string): RequestProblem {
  return new RequestProblem({
    status,
    code,
    message,
    help: help[code] ?? 'The API is described at /v1/openapi.json.',
  });
}

const help: Readonly<Record<string, string>> = {
  TOKEN_MISSING:
    'Ask from a job of GitHub Actions with `permissions: id-token: write`, or sign the request (docs/release.md).',
  SIGNATURE_INVALID: 'Sign timestamp, repository, path and body with the secret in CALLER_<LOGIN>_SECRET.',
  SIGNATURE_EXPIRED: 'Sign with the present time in seconds, and send at once.',
  EVENT_NOT_ALLOWED: `Start the workflow by one of: ${[...commandingEvents].join(', ')}.`,
  RERUN: 'Start a new run.',
  TOKEN_REPLAYED: 'Request a new token for each request.',
  RELEASE_UNKNOWN: 'List the releases at /v1/releases.',
  RELEASE_NOT_READY: 'Ask again in a moment.',
  CHANGE_UNKNOWN: 'The base branch needs a config, and the App has to have heard of the pull request.',
  STEPS_DIFFER: 'Send the steps of `release.canary.steps` of the tagged commit.',
  WAVES_DIFFER: 'Send `release.waves` of the tagged commit, or leave `waves` out.',
  GATE_NOT_REQUIRED: 'Add the gate to `release.required_gates`, or leave it out.',
  NOT_A_COMMAND: 'Send one command as it is written in a comment, e.g. `/promote next`.',
  TOO_MANY_COMMANDS: 'Send one command in a request.',
};
