import type { EvidenceFile } from '../../core/gate/gate.ts';
import { type GateResult, gateResultSchema } from '../../core/gate/result.ts';
import { RequestProblem } from '../http/problem.ts';

/** What one submission may hold; the actions know the same numbers. */
export const submissionLimits = {
  files: 64,
  fileBytes: 16 * 1_048_576,
  totalBytes: 64 * 1_048_576,
  resultBytes: 8 * 1_048_576,
} as const;

/**
 * Reads a submission: one part `result` (the gate result as JSON), one part `file` for each evidence file, whose
 * file name is its path in the evidence.
 *
 * @throws RequestProblem `SUBMISSION_MALFORMED`, `SUBMISSION_TOO_LARGE`, `RESULT_INVALID`.
 */
export async function readSubmission(
  request: Request,
): Promise<{ readonly result: GateResult; readonly files: readonly EvidenceFile[] }> {
  const form = await request.formData().catch(() => {
    throw malformed('the body is not multipart/form-data');
  });
  const unknown = [...form.keys()].find((name) => name !== 'result' && name !== 'file');
  if (unknown !== undefined) throw malformed(`there is no part ${JSON.stringify(unknown.slice(0, 50))}`);
  const results = form.getAll('result');
  if (results.length !== 1) throw malformed(`expected one part "result", found ${results.length}`);
  const files = form.getAll('file');
  if (files.length > submissionLimits.files) throw tooLarge(`${files.length} files`);
  return { result: await readResult(results[0]), files: await Promise.all(files.map(readFile)) };
}

async function readResult(part: File | string | undefined): Promise<GateResult> {
  const text = typeof part === 'string' ? part : ((await part?.text()) ?? '');
  if (text.length > submissionLimits.resultBytes) throw tooLarge('the result');
  const parsed = gateResultSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new RequestProblem({
    status: 422,
    code: 'RESULT_INVALID',
    message: `The result is not a GateResult of schema_version 1. ${places.join('; ')}`,
    help: 'Submit what the gate wrote, with the same version of Release Conductor on both sides.',
  });
}

async function readFile(part: File | string): Promise<EvidenceFile> {
  if (typeof part === 'string') throw malformed('a part "file" has no file name');
  if (part.size > submissionLimits.fileBytes) throw tooLarge(`a file of ${part.size} bytes`);
  const mediaType = part.type === '' ? 'application/octet-stream' : part.type;
  return { path: part.name, mediaType, bytes: new Uint8Array(await part.arrayBuffer()) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('the part "result" is not JSON');
  }
}

function malformed(reason: string): RequestProblem {
  return new RequestProblem({
    status: 400,
    code: 'SUBMISSION_MALFORMED',
    message: `The submission cannot be read: ${reason}`,
    help: 'Send multipart/form-data with one part "result" and one part "file" for each evidence file.',
  });
}

function tooLarge(what: string): RequestProblem {
  return new RequestProblem({
    status: 413,
    code: 'SUBMISSION_TOO_LARGE',
    message: `The submission is too large: ${what}`,
    help: 'At most 64 files, 16 MiB each, 64 MiB together.',
  });
}
