import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { type Subject, subjectSchema } from '../../core/gate/result.ts';
import type { StepEnvironment } from './environment.ts';

const eventSchema = z.object({
  pull_request: z
    .object({
      head: z.object({ sha: z.string() }),
      base: z.object({ sha: z.string(), ref: z.string() }),
    })
    .optional(),
  merge_group: z.object({ head_sha: z.string(), base_sha: z.string() }).optional(),
});

export interface RunContext {
  /** What the verdict is about. */
  readonly subject: Subject;
  /** The commit to compare with; null when the event has none (a tag, a schedule). */
  readonly baseSha: string | null;
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
  };
}
