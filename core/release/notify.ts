import type { Channel } from '../comms/announcement.ts';
import { notifyText } from '../comms/notify.ts';
import { isToldOf, type NotifiedEvent } from '../config/notify.ts';
import type { ReleaseDraft } from './draft.ts';

/** Tells the targets of `release.notify` that asked for this event: teams by a mention, the others by a call. */
export function notify(
  draft: ReleaseDraft,
  event: NotifiedEvent,
  cause: string,
  words: (channel: Channel) => string = (channel) =>
    notifyText(event, draft.repository, draft.state.tag, cause, channel),
): void {
  const { plan, tag } = draft.state;
  const targets = (plan?.config.notify ?? []).filter((target) => isToldOf(target, event));
  if (targets.length === 0) return;
  const n = draft.next('notify');
  const teams = targets.filter(({ kind }) => kind === 'team').map(({ name }) => `@${name.replace(/^@/, '')}`);
  if (teams.length > 0) {
    const text = notifyText(event, draft.repository, tag, cause, 'github');
    draft.comment(`notify/${n}`, `📣 ${teams.join(' ')} ${text}`);
  }
  for (const { kind, name } of targets) {
    if (kind === 'team') continue;
    draft.emit(`notify/${n}/${kind}-${name}`, {
      kind: 'notify',
      target: { kind, name },
      event,
      text: words(kind === 'slack' ? 'slack' : 'plain'),
      release: tag,
    });
  }
}
