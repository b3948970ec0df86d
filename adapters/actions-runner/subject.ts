import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { type Subject, subjectSchema } from '../../core/gate/result.ts';
import type { StepEnvironment } from './environment.ts';

const repositorySchema = z.object({ full_name: z.string() });
const eventSchema = z.object({
  pull_request: z
    .object({
      head: z.object({ sha: z.string(), repo: repositorySchema.nullish() }),
      base: z.object({ sha: z.string(), ref: z.string(), repo: repositorySchema.nullish() }),
    })
    .optional(),
  merge_group: z.object({ head_sha: z.string(), base_sha: z.string() }).optional(),
});

export interface RunContext {
  /** What the verdict is about. */
  readonly subject: Subject;
  /** The commit to compare with; null when the event has none (a tag, a schedule). */
  readonly baseSha: string | null;
  /** The change comes from a fork: its jobs get no OIDC token and no secret. */
  readonly fork: boolean;
}

/**
 * What a run is about. On a pull request GitHub checks out a merge commit that nobody will ever release, so the
 * subject is the head commit; in a merge queue it is the group's head; otherwise the commit of the run. Throws
 * `InputError` when the variables of a runner are missing.
 */
export function parseRunContext(
  env: StepEnvironment,
  payload: Readonly<Record<string, unknown>>,
): RunContext {
  const event = eventSchema.safeParse(payload).data ?? {};
  const sha = event.pull_request?.head.sha ?? event.merge_group?.head_sha ?? env.GITHUB_SHA ?? '';
  const subject = subjectSchema.safeParse({
    repository: env.GITHUB_REPOSITORY ?? '',
    sha,
    ref: env.GITHUB_REF ?? '',
  });
  if (!subject.success) {
    const names = subject.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new InputError(
      'SUBJECT_UNKNOWN',
      `The commit under test is not known: ${names} missing or malformed.`,
      'Run the action in a GitHub Actions job, or set GITHUB_REPOSITORY (owner/name) and GITHUB_SHA (40 hex digits).',
    );
  }
  return {
    subject: subject.data,
    baseSha: event.pull_request?.base.sha ?? event.merge_group?.base_sha ?? null,
    fork: isFork(event.pull_request),
  };
}

/** A fork that was deleted has no repository any more. Events of before forks were told apart have neither. */
function isFork(pull: z.infer<typeof eventSchema>['pull_request']): boolean {
  const base = pull?.base.repo?.full_name;
  return base !== undefined && pull?.head.repo?.full_name !== base;
}
