import type { GateResult } from '../gate/result.ts';
import { type Refusal, refuse } from './intake-contract.ts';
import { pathProblem } from './path.ts';

/**
 * Compares the files that came with a result with what the result says about them, both ways. Null: they are
 * exactly those.
 */
export function checkSubmittedFiles(
  result: GateResult,
  files: readonly { readonly path: string; readonly sha256: string }[],
): Refusal | null {
  const promised = new Map(result.evidence.map((reference) => [reference.path, reference.sha256]));
  if (promised.size !== result.evidence.length) return mismatch('the result names one path twice');
  for (const file of files) {
    const problem = pathProblem(file.path);
    if (problem !== null) return mismatch(`${JSON.stringify(file.path)}: ${problem}`);
    const expected = promised.get(file.path);
    if (expected === undefined) return mismatch(`${file.path} is not named by the result, or came twice`);
    if (file.sha256 !== expected) {
      return mismatch(`expected ${file.path} with sha256 ${expected}, found ${file.sha256}`);
    }
    promised.delete(file.path);
  }
  const missing = [...promised.keys()];
  return missing.length === 0 ? null : mismatch(`the result names ${missing.join(', ')}, which did not come`);
}

function mismatch(message: string): Refusal {
  return refuse(
    422,
    'FILES_MISMATCH',
    message,
    'submit exactly the files that the result lists in `evidence`',
  );
}
