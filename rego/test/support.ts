import type { Json } from '../index.ts';
import { compile, type EvaluateOptions, RegoError, RegoErrors } from '../index.ts';

/** The value of `data.test.<name>` of a module of package test. */
export function value(source: string, name = 'p', options: EvaluateOptions = {}): Json | undefined {
  return policy(source).evaluate(`data.test.${name}`, options);
}

export function policy(...sources: readonly string[]): ReturnType<typeof compile> {
  return compile(
    sources.map((source, i) => ({
      file: i === 0 ? 'test.rego' : `test${i}.rego`,
      source: source.trimStart().startsWith('package') ? source : `package test\n${source}`,
    })),
  );
}

/** The errors of compiling, as `code at row: detail`. */
export function compileErrors(...sources: readonly string[]): string[] {
  try {
    policy(...sources);
    return [];
  } catch (error) {
    if (error instanceof RegoErrors)
      return error.errors.map((one) => `${one.code} ${one.location?.row}:${one.location?.col} ${one.detail}`);
    throw error;
  }
}

/** The error of an evaluation. */
export function evaluationError(source: string, options: EvaluateOptions = {}): RegoError {
  try {
    value(source, 'p', options);
  } catch (error) {
    if (error instanceof RegoError) return error;
    throw error;
  }
  throw new Error('the evaluation did not fail');
}
