import { type ConductorError, InputError, PermissionError, ProviderError } from '../../core/errors.ts';
import type { BaselineOf, Baselines } from '../../core/ports/baselines.ts';
import { conductorEndpoint, problemSchema } from './conductor-address.ts';
import { askPatiently, isSilence, type PatientPorts } from './patience.ts';

export interface BaselinePorts extends PatientPorts {
  /** A fresh token of the job for the Conductor; masked by whoever makes it. */
  readonly token: () => Promise<string>;
}

/** A baseline of 200 releases with a hundred metrics each is about 5 MB. */
const maxBytes = 32 * 1024 * 1024;

/** The Conductor's baselines, asked for with the job's own identity. */
export function conductorBaselines(conductorUrl: string, ports: BaselinePorts): Baselines {
  return {
    async readPerf(of: BaselineOf) {
      const url = conductorEndpoint(conductorUrl, '/v1/baselines/perf');
      url.searchParams.set('service', of.service);
      url.searchParams.set('environment', of.environment);
      const ask = async (): Promise<Response> =>
        ports.fetch(url, {
          headers: { authorization: `Bearer ${await ports.token()}`, accept: 'application/json' },
          redirect: 'error',
          signal: AbortSignal.timeout(30_000),
        });
      const answer = await askPatiently(ask, ports);
      if (isSilence(answer)) throw silent(url, answer.what, answer.cause);
      if (!answer.ok) throw await refusalOf(answer, url);
      return { address: url.href, bytes: await bytesOf(answer, url) };
    },
  };
}

async function bytesOf(answer: Response, url: URL): Promise<Uint8Array> {
  const bytes = await answer.arrayBuffer().catch((cause: unknown) => {
    throw silent(url, 'broke off its answer', cause);
  });
  if (bytes.byteLength <= maxBytes) return new Uint8Array(bytes);
  throw new InputError(
    'BASELINE_TOO_LARGE',
    `The Conductor's baseline has ${bytes.byteLength} bytes, more than ${maxBytes}`,
    'Measure fewer metrics, or name the ones to compare.',
  );
}

async function refusalOf(answer: Response, url: URL): Promise<ConductorError> {
  const problem = problemSchema.safeParse(await answer.json().catch(() => null)).data;
  if (problem === undefined) return silent(url, `answered ${answer.status}`);
  const refusal = answer.status === 401 || answer.status === 403 ? PermissionError : InputError;
  return new refusal(problem.code, problem.message, problem.help);
}

function silent(url: URL, what: string, cause?: unknown): ProviderError {
  return new ProviderError(
    'BASELINE_UNREACHABLE',
    `The Conductor at ${url.origin} ${what}, so its baseline is not known.`,
    'Run the job again when the Conductor is up.',
    { retryable: true, cause },
  );
}
