import { z } from 'zod';
import { InputError, PermissionError, ProviderError } from '../../core/errors.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { conductorEndpoint, problemSchema } from './conductor-address.ts';
import { askPatiently, isSilence, type PatientPorts, type Silence } from './patience.ts';

/** What `POST /v1/evidence` takes in one request. */
export const submissionLimits = {
  files: 64,
  fileBytes: 16 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
} as const;

const acceptedSchema = z.object({ accepted: z.literal(true), gate: z.string(), result_sha256: z.string() });

export interface Submission {
  /** Base address of the Conductor; the token's audience as well. */
  readonly conductorUrl: string;
  /** A fresh token of the job: one that waits for long would expire. */
  readonly token: () => Promise<string>;
  readonly result: GateResult;
  readonly files: readonly EvidenceFile[];
}

/**
 * Hands a result and its files to the Conductor, which decides for itself whether it believes them. Returns the
 * digest under which it was accepted. The Conductor is idempotent, so an answer of 5xx, or none, is tried again for
 * five minutes. Throws `ProviderError` (exit 3) when the Conductor stays silent or fails, `PermissionError` when it
 * refuses the identity, `InputError` when it refuses the submission.
 */
export async function submitResult(submission: Submission, ports: PatientPorts): Promise<string> {
  const endpoint = conductorEndpoint(submission.conductorUrl, '/v1/evidence');
  refuseOversize(submission.files);
  const outcome = await askPatiently(() => post(endpoint, submission, ports.fetch), ports);
  if (isSilence(outcome)) throw silent(endpoint, outcome);
  return readAnswer(outcome);
}

function refuseOversize(files: readonly EvidenceFile[]): void {
  const total = files.reduce((sum, file) => sum + file.bytes.byteLength, 0);
  const large = files.find((file) => file.bytes.byteLength > submissionLimits.fileBytes);
  const what =
    files.length > submissionLimits.files
      ? `${files.length} evidence files; at most ${submissionLimits.files} are taken`
      : large !== undefined
        ? `${large.path} has ${large.bytes.byteLength} bytes; at most ${submissionLimits.fileBytes} are taken`
        : total > submissionLimits.totalBytes
          ? `evidence of ${total} bytes; at most ${submissionLimits.totalBytes} are taken`
          : null;
  if (what === null) return;
  throw new InputError(
    'EVIDENCE_TOO_LARGE',
    `The Conductor would refuse this: ${what}.`,
    'Narrow what the gate reads, or split it over several configs.',
  );
}

async function post(endpoint: URL, submission: Submission, send: typeof fetch): Promise<Response> {
  const token = await submission.token();
  const body = new FormData();
  const json = new Blob([JSON.stringify(submission.result)], { type: 'application/json' });
  body.append('result', json, 'result.json');
  for (const file of submission.files) {
    body.append('file', new Blob([new Uint8Array(file.bytes)], { type: file.mediaType }), file.path);
  }
  return send(endpoint, {
    method: 'POST',
    body,
    redirect: 'error',
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    signal: AbortSignal.timeout(60_000),
  });
}

async function readAnswer(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => null);
  const accepted = acceptedSchema.safeParse(body);
  if (answer.ok && accepted.success) return accepted.data.result_sha256;
  const problem = problemSchema.safeParse(body).data ?? {
    code: 'SUBMISSION_REFUSED',
    message: `The Conductor answered ${answer.status} without saying why.`,
    help: 'Check that conductor-url is the address of a Conductor.',
  };
  const refusal = answer.status === 401 || answer.status === 403 ? PermissionError : InputError;
  throw new refusal(problem.code, problem.message, problem.help);
}

function silent(endpoint: URL, { what, cause }: Silence): ProviderError {
  return new ProviderError(
    'CONDUCTOR_UNREACHABLE',
    `The Conductor at ${endpoint.origin} ${what}.`,
    'The verdict above stands, but the check was not published. Run the job again when the Conductor is up.',
    { retryable: true, cause },
  );
}
