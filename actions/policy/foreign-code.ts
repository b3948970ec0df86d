import type { Finding } from '../../core/gate/result.ts';
import { foreignCheckouts } from './rules/pwn-request.ts';
import { parseWorkflow } from './workflow.ts';

/** Places in workflows where code of a pull request's author runs with secrets. */
export function openToForeignCode(
  workflows: readonly { readonly path: string; readonly text: string }[],
): readonly Finding[] {
  return [...foreignCheckouts(workflows.map(({ path, text }) => parseWorkflow(path, text)))];
}
