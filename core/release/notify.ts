import { notifyText } from '../comms/notify.ts';
import type { NotifiedEvent } from '../flow/effect.ts';
import type { ReleaseDraft } from './draft.ts';

/** Tells the targets of `release.notify` that asked for this event: teams by a mention, the others by a call. */
export function notify(draft: ReleaseDraft, event: NotifiedEvent, cause: string): void {
  const { plan, tag } = draft.state;
  const targets = (plan?.config.notify ?? []).filter(({ on }) => on.includes(event));
  if (targets.length === 0) return;
  const n = draft.next('notify');
  const text = notifyText(event, draft.repository, tag, cause);
  const teams = targets.filter(({ kind }) => kind === 'team').map(({ name }) => `@${name.replace(/^@/, '')}`);
  if (teams.length > 0) draft.comment(`notify/${n}`, `📣 ${teams.join(' ')} ${text}`);
  for (const { kind, name } of targets) {
    if (kind === 'team') continue;
    draft.emit(`notify/${n}/${kind}-${name}`, {
      kind: 'notify',
      target: { kind, name },
      event,
      text,
      release: tag,
    });
  }
}
