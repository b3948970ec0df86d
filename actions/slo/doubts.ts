import type { Finding } from '../../core/gate/result.ts';
import type { Reading, Slo, WindowCount } from './model.ts';
import { formatWindow } from './windows.ts';
import { about, amount, periodName } from './words.ts';

export function unproven(slo: Slo, count: WindowCount, where: string): Finding {
  return about(slo, {
    code: 'breach-uncertain',
    level: 'error',
    message: `${amount(count.bad)} bad of ${amount(count.total)} events in ${where} are over budget, but so few could be chance`,
    help: 'Wait for more traffic and run again.',
    data: { bad: count.bad, total: count.total },
  });
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

export function periodMissing(slo: Slo): Finding {
  return about(slo, {
    code: 'window-missing',
    level: 'error',
    message: `nothing was counted from the beginning of ${periodName(slo)}, so its budget is not known`,
    help: 'Record series, or the counts of exactly that window, or use a source of kind prometheus.',
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

function minutes(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
