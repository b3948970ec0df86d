import { ConductorError, ProviderError } from '../../core/errors.ts';

/** How long a job waits for a Conductor that is restarted, updated or briefly out of reach, ms. */
const patienceMs = 5 * 60_000;
/** Pauses between attempts, ms; the last one is repeated. */
const pauses = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
/** The longest `retry-after` that is waited for, ms. */
const longestPauseMs = 60_000;

export interface PatientPorts {
  readonly fetch: typeof fetch;
  /** Waits so many ms between two attempts. */
  readonly pause: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** What the last attempt came to when patience ran out. */
export interface Silence {
  readonly silent: true;
  /** How the Conductor failed, as the end of a sentence that begins with its name. */
  readonly what: string;
  readonly cause?: unknown;
}

/**
 * Asks until there is an answer that asking again would not change: 5xx, 429 and no answer at all are tried again
 * for five minutes, as late as `retry-after` says. Only for requests that may be sent twice.
 *
 * @param ask sends the request once; it is called anew for each attempt, so that it can bring a fresh token.
 * @throws what `ask` threw of ours, at once when trying again is of no use.
 */
export async function askPatiently(
  ask: () => Promise<Response>,
  { pause, now }: Omit<PatientPorts, 'fetch'>,
): Promise<Response | Silence> {
  const end = now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptOf(ask);
    const isAnswer = !(outcome instanceof Error) && outcome.status !== 429 && outcome.status < 500;
    if (isAnswer) return outcome;
    const wait = pauseBefore(attempt, outcome);
    if (now() + wait > end) return silenceOf(outcome, attempt + 1);
    if (!(outcome instanceof Error)) await outcome.body?.cancel();
    await pause(wait);
  }
}

async function attemptOf(ask: () => Promise<Response>): Promise<Response | Error> {
  try {
    return await ask();
  } catch (error) {
    const isFinal = error instanceof ConductorError && !(error instanceof ProviderError && error.retryable);
    if (isFinal) throw error;
    return error instanceof Error ? error : new Error(String(error));
  }
}

function pauseBefore(attempt: number, outcome: Response | Error): number {
  const usual = pauses[Math.min(attempt, pauses.length - 1)] ?? longestPauseMs;
  const asked = outcome instanceof Error ? 0 : Number(outcome.headers.get('retry-after')) * 1_000;
  return asked > 0 ? Math.min(longestPauseMs, Math.max(usual, asked)) : usual;
}

function silenceOf(outcome: Response | Error, attempts: number): Silence {
  if (outcome instanceof ConductorError) throw outcome;
  const times = `${attempts} times in five minutes`;
  return outcome instanceof Error
    ? { silent: true, what: `could not be reached, ${times}`, cause: outcome }
    : { silent: true, what: `answered ${outcome.status}, ${times}` };
}

/** Tells silence from an answer. */
export function isSilence(outcome: Response | Silence): outcome is Silence {
  return 'silent' in outcome;
}
