import type { NotifiedEvent } from '../config/notify.ts';
import { type Channel, escapeFor } from './announcement.ts';

const headline: Readonly<Record<NotifiedEvent, string>> = {
  start: 'is being released',
  rollback: 'is being rolled back',
  'rolled-back': 'was rolled back',
  escalation: 'needs people',
  override: 'passes a gate by an override',
  ga: 'is GA',
  kpi: 'was compared with the time before',
};

/** One line for people outside the tracking issue, where no announcement has words for it. */
export function notifyText(
  event: NotifiedEvent,
  repository: string,
  tag: string,
  cause: string,
  channel: Channel,
): string {
  const why = cause === '' ? '' : `: ${escapeFor(cause, channel)}`;
  return `${repository} \`${escapeFor(tag, channel)}\` ${headline[event]}${why}`.slice(0, 1_000);
}
