import type { PreviewDraft } from './draft.ts';

/**
 * Tells people once, in a comment that mentions them, that the preview is about to end; an extension or a push gives it
 * another end, of which they are told again. A short life is announced in its second half.
 */
export function warnBeforeEnd(draft: PreviewDraft): void {
  const { config, running, expiresAt, warnedOf, order, pullRequest } = draft.state;
  if (config === null || running === null || expiresAt === null || warnedOf === expiresAt) return;
  const left = expiresAt - draft.now;
  const isEnding = order?.action === 'destroy';
  if (isEnding || left <= 0 || left > Math.min(config.warn_before, config.ttl / 2)) return;
  draft.set({ warnedOf: expiresAt });
  const people = peopleOf(draft);
  draft.emit(`warning/${draft.next('warning')}`, {
    kind: 'postComment',
    issue: pullRequest,
    body: `${people.map((login) => `@${login} `).join('')}The preview of this pull request ends ${leftText(left)}, at ${new Date(expiresAt).toISOString()}. \`/preview extend 24h\` keeps it for a day more.`,
  });
  draft.note('preview.warned', 'release-conductor', `#${pullRequest} ends soon`, {
    ends: new Date(expiresAt).toISOString(),
    told: people,
  });
}

/** Who opened the pull request, and who asked for the preview; apps have no ear. */
function peopleOf({ state: { author, wish } }: PreviewDraft): readonly string[] {
  const logins = [author, wish?.kind === 'start' ? wish.by : undefined];
  return [...new Set(logins)].filter(
    (login): login is string => login !== undefined && /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(login),
  );
}

function leftText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes < 90 ? `in ${minutes} min` : `in ${Math.round(minutes / 60)} h`;
}
