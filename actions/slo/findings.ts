import type { Finding } from '../../core/gate/result.ts';
import type { RuleOutcome } from './burn.ts';
import type { DocumentProblem, Reading, Slo, WindowCount } from './model.ts';
import { formatWindow } from './windows.ts';

/** Codes that are a breach; every other finding of level error means that nothing could be decided. */
export const failing: ReadonlySet<string> = new Set([
  'burn-rate-page',
  'burn-rate-ticket',
  'budget-exhausted',
]);

type Text = Pick<Finding, 'code' | 'level' | 'message' | 'help'> & { readonly data?: Finding['data'] };

function about(slo: Slo, text: Text): Finding {
  const place = slo.origin === null ? {} : { path: slo.origin.path, line: slo.origin.line };
  const { data, ...rest } = text;
  return { ...rest, ...place, message: `${slo.name}: ${text.message}`, data: { slo: slo.name, ...data } };
}

export function rule(slo: Slo, outcome: RuleOutcome): readonly Finding[] {
  const {
    rule: { severity, longMs, shortMs, factor },
    long,
    short,
    state,
  } = outcome;
  const windows = `${formatWindow(longMs)}/${formatWindow(shortMs)}`;
  const data = {
    long_window: formatWindow(longMs),
    short_window: formatWindow(shortMs),
    factor,
    long,
    short,
  };
  if (state === 'fires') {
    return [
      about(slo, {
        code: `burn-rate-${severity}`,
        level: severity === 'page' ? 'error' : 'warning',
        message: `burns its error budget ${rate(long)}× over ${formatWindow(longMs)} and ${rate(short)}× over ${formatWindow(shortMs)}, more than ${rate(factor)}×`,
        help: 'Stop and find what fails; roll back when it began with a release.',
        data,
      }),
    ];
  }
  if (state !== 'uncertain') return [];
  return [
    about(slo, {
      code: 'burn-rate-uncertain',
      level: severity === 'page' ? 'error' : 'notice',
      message: `seems to burn ${rate(long)}× over ${windows}, but so few events could be chance`,
      help: 'Wait for more traffic and run again.',
      data,
    }),
  ];
}

export function exhausted(slo: Slo, left: number, level: 'fail' | 'warn'): Finding {
  return about(slo, {
    code: 'budget-exhausted',
    level: level === 'fail' ? 'error' : 'warning',
    message: `the error budget of ${periodName(slo)} is spent: ${percent(left)} left`,
    help: 'Ship only what restores reliability until the budget recovers, or change the objective on purpose.',
    data: { budget_left: left },
  });
}

export function unproven(slo: Slo, count: WindowCount, where: string): Finding {
  return about(slo, {
    code: 'breach-uncertain',
    level: 'error',
    message: `${amount(count.bad)} bad of ${amount(count.total)} events in ${where} are over budget, but so few could be chance`,
    help: 'Wait for more traffic and run again.',
    data: { bad: count.bad, total: count.total },
  });
}

export function unaffordable(slo: Slo, spend: number, left: number): Finding {
  return about(slo, {
    code: 'rollout-unaffordable',
    level: 'warning',
    message: `a bad version would spend ${percent(spend)} of the error budget in the planned rollout, and ${percent(left)} is left`,
    help: 'Plan shorter or lighter steps, or wait until the budget has recovered.',
    data: { rollout_spend: spend, budget_left: left },
  });
}

export function observedBurn(slo: Slo, burn: number, severity: 'page' | 'ticket'): Finding {
  return about(slo, {
    code: `burn-rate-${severity}`,
    level: severity === 'page' ? 'error' : 'warning',
    message: `burns its error budget ${rate(burn)}× in what was observed`,
    help: 'Stop and find what fails; roll back when it began with a release.',
    data: { burn },
  });
}

export function observedOnly(slo: Slo): Finding {
  return about(slo, {
    code: 'no-history',
    level: 'notice',
    message: 'a direct scrape has no history: neither the windows nor the budget left could be judged',
    help: 'Use a source of kind prometheus for burn rates over several windows.',
  });
}

export function uncounted(slo: Slo): Finding {
  return about(slo, {
    code: 'ratio-not-counted',
    level: 'notice',
    message:
      'the indicator is a ratio without counts: it is not weighted by events and chance cannot be told from breach',
    help: 'Give queries for bad and total events instead of a computed ratio.',
  });
}

export function note(slo: Slo, message: string): Finding {
  return about(slo, { code: 'slo-note', level: 'notice', message, help: 'See actions/slo/README.md.' });
}

export function calendar(
  slo: Slo,
  { from, to }: { readonly from: number; readonly to: number },
  at: number,
): Finding {
  const zone = slo.calendar?.timeZone ?? 'UTC';
  const shown = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
  return note(
    slo,
    `${periodName(slo)} of ${zone}: from ${shown(from)} to ${shown(to)} UTC, ${percent((at - from) / (to - from))} of it over; the budget is counted from its beginning, and traffic is assumed to go on as so far`,
  );
}

export function periodMissing(slo: Slo): Finding {
  return about(slo, {
    code: 'window-missing',
    level: 'error',
    message: `nothing was counted from the beginning of ${periodName(slo)}, so its budget is not known`,
    help: 'Record series, or the counts of exactly that window, or use a source of kind prometheus.',
  });
}

/** `30d`, or `the calendar period of 1M`. */
export function periodName({ periodMs, calendar: follows }: Slo): string {
  return follows === null ? formatWindow(periodMs) : `the calendar period of ${follows.count}${follows.unit}`;
}

export function noTraffic(slo: Slo, windowMs: number | null): Finding {
  const where = windowMs === null ? 'at all' : `for ${formatWindow(windowMs)}`;
  return about(slo, {
    code: 'no-traffic',
    level: 'error',
    message: `there was no event ${where}; silence is not health`,
    help: 'Send traffic (or probes that are counted), or look for what keeps it away.',
  });
}

export function tooFew(slo: Slo, minEvents: number): Finding {
  return about(slo, {
    code: 'too-few-events',
    level: 'error',
    message: `fewer than ${minEvents} events in every window that could page`,
    help: 'Wait for more traffic, or set min_events to what this service really has.',
  });
}

export function absentWindows(slo: Slo, windows: readonly number[]): Finding {
  return about(slo, {
    code: 'window-missing',
    level: 'error',
    message: `nothing was read for the windows ${windows.map(formatWindow).join(', ')}`,
    help: 'Record every window of the rules (see actions/slo/README.md), or use a source with history.',
  });
}

export function empty(slo: Slo): Finding {
  return about(slo, {
    code: 'no-data',
    level: 'error',
    message: 'no window has any sample',
    help: 'Check that the service is scraped and that the metric names and labels are right.',
  });
}

export function unsound(slo: Slo, count: WindowCount): Finding {
  const finite = Number.isFinite(count.bad) && Number.isFinite(count.total);
  return about(slo, {
    code: finite ? 'counts-contradict' : 'not-a-number',
    level: 'error',
    message: finite
      ? `${amount(count.bad)} bad of ${amount(count.total)} events in ${formatWindow(count.windowMs)} cannot be`
      : `the numbers of ${formatWindow(count.windowMs)} are ${count.bad} of ${count.total}`,
    help: finite
      ? 'Make both queries count the same events of the same counter.'
      : 'Correct the query: a division by zero or a missing series usually makes these.',
  });
}

export function stale(
  slo: Slo,
  newestAt: number,
  settings: { readonly at: number; readonly staleAfterMs: number },
): Finding {
  return about(slo, {
    code: 'stale-data',
    level: 'error',
    message: `the newest sample is ${minutes(settings.at - newestAt)} old, more than ${minutes(settings.staleAfterMs)}`,
    help: 'Find out why the service is not scraped any more, or record again.',
    data: { newest_at: new Date(newestAt).toISOString() },
  });
}

const unreadCode = {
  'no-data': 'no-data',
  'provider-down': 'provider-down',
  'query-rejected': 'query-rejected',
  unsupported: 'query-unsupported',
  'no-source': 'no-source',
} as const;

const unreadHelp = {
  'no-data': 'Check that the service is scraped and that the metric names and labels are right.',
  'provider-down': 'Bring the provider back, or run again when it answers.',
  'query-rejected': 'Correct the query in the document.',
  unsupported: 'Use a source of kind prometheus, or record the counts of this objective.',
  'no-source': 'Add gates.slo.source: where do the numbers come from?',
} as const;

export function unread(slo: Slo, reading: Extract<Reading, { state: 'problem' }>): Finding {
  const code = unreadCode[reading.problem];
  return about(slo, { code, level: 'error', message: reading.message, help: unreadHelp[reading.problem] });
}

export function document(problem: DocumentProblem): Finding {
  return {
    code: 'slo-document-invalid',
    level: 'error',
    message: problem.message,
    help: 'Correct the document; OpenSLO v1, Sloth prometheus/v1 and Pyrra are read (actions/slo/README.md).',
    ...(problem.path === '' ? {} : { path: problem.path }),
    ...(problem.line === null ? {} : { line: problem.line }),
  };
}

function rate(value: number | null): string {
  return value === null ? '?' : value.toFixed(value < 10 ? 2 : 1).replace(/\.?0+$/, '');
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

function amount(count: number): string {
  return Number(count.toFixed(1)).toString();
}

function minutes(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
