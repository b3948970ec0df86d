import { isTruthy } from '../expressions/evaluate.ts';
import type { Conclusion } from '../record.ts';
import { describeFailure } from './failure.ts';
import { type Frame, type JobRuntime, scopeOf } from './runtime.ts';
import { StepLog } from './step-log.ts';
import { record } from './steps.ts';

/** Runs the `post` of every action that ran, the last one first. */
export async function runPostSteps(runtime: JobRuntime, frame: Frame): Promise<void> {
  for (const post of runtime.posts.reverse()) {
    const log = new StepLog(runtime.masks);
    const started = performance.now();
    let conclusion: Conclusion = 'skipped';
    try {
      if (!runtime.closing.aborted && isTruthy(post.condition, scopeOf(runtime, frame, frame.env))) {
        conclusion = await post.run(log, runtime.closing);
      }
    } catch (error) {
      log.fail(describeFailure(error));
      conclusion = 'failure';
    }
    if (conclusion === 'failure' && frame.status === 'success') frame.status = 'failure';
    record(
      runtime,
      { name: post.name, outcome: conclusion, conclusion, durationMs: performance.now() - started },
      log,
    );
  }
}
