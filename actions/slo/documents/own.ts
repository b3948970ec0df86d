import type { Slo } from '../model.ts';
import type { OwnObjective } from '../options.ts';
import { wanted } from './measure.ts';

/** An objective in the config's short form. */
export function ownToSlo(objective: OwnObjective): Slo {
  const labels = (match: Readonly<Record<string, string>>) =>
    Object.entries(match).map(([name, value]) => wanted(name, value));
  const counter = (metric: string, match: Readonly<Record<string, string>>) =>
    ({ kind: 'counter', selector: { metric, matchers: labels({ ...objective.match, ...match }) } }) as const;
  const { slow } = objective;
  return {
    name: objective.name,
    service: objective.service,
    origin: null,
    target: objective.target,
    periodMs: objective.period,
    calendar: null,
    sli:
      slow === undefined
        ? {
            kind: 'events',
            of: 'events',
            numerator: { is: 'bad', measure: counter(objective.total, objective.errors ?? { code: '5xx' }) },
            total: counter(objective.total, {}),
          }
        : {
            kind: 'events',
            of: 'events',
            numerator: {
              is: 'good',
              measure: counter(`${slow.histogram}_bucket`, { le: String(slow.over) }),
            },
            total: counter(`${slow.histogram}_count`, {}),
          },
    notes: [],
  };
}
