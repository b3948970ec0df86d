import type { Finding } from '../../core/gate/result.ts';
import type { LoadFacts, PerfRun } from './model.ts';
import type { PerfOptions } from './options.ts';

type Validity = PerfOptions['validity'];

/**
 * Whether a load run measured what it claims, before any number of it is believed. An invalid run decides
 * nothing (inconclusive): a generator that fell behind, or answers that were refusals, make latency look good.
 * Only the service's own failures under load (`error-rate`) are a breach.
 */
export function checkValidity(run: PerfRun, options: Validity): readonly Finding[] {
  const { load } = run;
  if (load === null) return [];
  return [
    ...checkSize(run, load, options),
    ...checkGenerator(run, load, options),
    ...checkAnswers(run, load, options),
    ...checkExpectations(run, load, options),
  ];
}

function checkSize(run: PerfRun, load: LoadFacts, options: Validity): readonly Finding[] {
  const findings: Finding[] = [];
  if (load.requests === null || load.requests === 0) {
    findings.push(
      invalid(
        run,
        'no-requests',
        'the run has no requests',
        'Check that the load really ran against the service.',
      ),
    );
  } else if (load.requests < options.min_requests) {
    findings.push(
      invalid(
        run,
        'too-few-requests',
        `${load.requests} requests, fewer than ${options.min_requests}`,
        'Run longer or at a higher rate, or set validity.min_requests.',
      ),
    );
  }
  if (load.durationMs === null) {
    findings.push(
      invalid(
        run,
        'duration-unknown',
        'the result does not say how long it ran',
        'Keep the tool’s own summary of the time.',
      ),
    );
  } else if (load.durationMs < options.min_duration) {
    const seconds = (ms: number): string => `${Number((ms / 1_000).toFixed(1))} s`;
    findings.push(
      invalid(
        run,
        'too-short',
        `ran for ${seconds(load.durationMs)}, less than ${seconds(options.min_duration)}`,
        'Run longer, or set validity.min_duration.',
      ),
    );
  }
  return findings;
}

function checkGenerator(run: PerfRun, load: LoadFacts, options: Validity): readonly Finding[] {
  const findings: Finding[] = [];
  const { dropped, iterations } = load;
  const started = (dropped ?? 0) + (iterations ?? 0);
  if (dropped !== null && started > 0 && dropped / started > options.max_dropped) {
    const why = load.generatorExhausted ? ' with every virtual user busy' : '';
    findings.push(
      invalid(
        run,
        'dropped-iterations',
        `${dropped} of ${started} iterations were dropped${why}: the load was lighter than planned`,
        'Raise maxVUs or use a stronger machine for the generator; if the service is what stalls, look at its latency.',
      ),
    );
  }
  const achieved = run.metrics.throughput?.value;
  const { offered_rate: offered, min_achieved: share } = options;
  if (offered !== undefined && achieved !== undefined && achieved < share * offered) {
    findings.push(
      invalid(
        run,
        'rate-not-achieved',
        `${round(achieved)} of ${offered} requests a second were sent`,
        'Use a stronger generator, or more connections; the numbers are of a lighter load.',
      ),
    );
  }
  return findings;
}

function checkAnswers(run: PerfRun, load: LoadFacts, options: Validity): readonly Finding[] {
  const { requests, failures, statuses } = load;
  if (requests === null || requests === 0) return [];
  if (failures === null) {
    const help = 'Let the tool count failed requests (k6: http_req_failed).';
    return [invalid(run, 'errors-unknown', 'the result does not say how many requests failed', help)];
  }
  const limit = options.max_error_rate;
  const limited = statuses?.tooManyRequests ?? 0;
  const refused = (statuses?.clientErrors ?? 0) - limited;
  const findings: Finding[] = [];
  if (limited / requests > limit) {
    findings.push(
      invalid(
        run,
        'rate-limited',
        `${percent(limited / requests)} of the answers were 429: the limiter was measured, not the service`,
        'Lift the limit for the generator.',
      ),
    );
  }
  if (refused / requests > limit) {
    findings.push(
      invalid(
        run,
        'client-errors',
        `${percent(refused / requests)} of the answers were 4xx: quick refusals lower every quantile`,
        'Correct the requests of the load script.',
      ),
    );
  }
  const own = failures - limited - Math.max(0, refused);
  if (own / requests > limit) {
    findings.push({
      code: 'error-rate',
      level: 'error',
      message: `${run.path}: ${percent(own / requests)} of the requests failed, more than ${percent(limit)}`,
      help: 'Find why the service fails under this load; its latency means nothing until then.',
      path: run.path,
      data: { failures: own, requests },
    });
  }
  return findings;
}

/** The script's own expectations of the answers. Some are wishes rather than conditions, so they warn. */
function checkExpectations(run: PerfRun, { checks }: LoadFacts, options: Validity): readonly Finding[] {
  if (checks === undefined || checks.made === 0) return [];
  const share = checks.failed / checks.made;
  if (share <= options.max_error_rate) return [];
  return [
    {
      code: 'checks-failed',
      level: 'warning',
      message: `${run.path}: ${percent(share)} of the checks of the load script failed: what was measured may not be the answers that were meant`,
      help: 'Correct the script or the service, or set a threshold on `checks` that says how many may fail.',
      path: run.path,
      data: { failed: checks.failed, checks: checks.made },
    },
  ];
}

function invalid(run: PerfRun, code: string, message: string, help: string): Finding {
  return { code, level: 'error', message: `${run.path}: ${message}`, help, path: run.path };
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
