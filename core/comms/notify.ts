import type { NotifiedEvent } from '../flow/effect.ts';
import { codeSpan, inlineText } from '../gate/markdown.ts';

const headline: Readonly<Record<NotifiedEvent, string>> = {
  rollback: 'is being rolled back',
  'rolled-back': 'was rolled back',
  escalation: 'needs people',
  ga: 'is GA',
};

/** One line for people outside the tracking issue. */
export function notifyText(event: NotifiedEvent, repository: string, tag: string, cause: string): string {
  const why = cause === '' ? '' : `: ${inlineText(cause)}`;
  return `${repository} ${codeSpan(tag)} ${headline[event]}${why}`.slice(0, 1_000);
}
