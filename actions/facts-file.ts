import { InputError } from '../core/errors.ts';
import { parseInput } from '../core/gate/input-document.ts';

/** Facts for the policies, from a file of JSON or YAML. Throws `InputError` for anything else. */
export function parseFacts(path: string, bytes: Uint8Array): unknown {
  const parsed = parseInput(path, bytes);
  if (parsed.ok) return parsed.value;
  throw new InputError(
    'FILE_INVALID',
    `${path}: ${parsed.problem}`,
    'give a file with one document of JSON or YAML in UTF-8',
  );
}
