import type { Finding } from '../../core/gate/result.ts';
import type { RuleOutcome } from './burn.ts';
import type { DocumentProblem, Slo } from './model.ts';
import { formatWindow } from './windows.ts';
import { about, percent, periodName, rate } from './words.ts';

/** Codes that are a breach; every other finding of level error means that nothing could be decided. */
export const failing: ReadonlySet<string> = new Set([
  'burn-rate-page',
  'burn-rate-ticket',
  'budget-exhausted',
]);

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
