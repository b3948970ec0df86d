import type { GovernanceDraft } from './draft.ts';
import type { ConfigAt, Touched } from './event.ts';

/** After a push GitHub may go on answering with what was there before for this long, ms. */
const settling = 60_000;

/** A push of the config is an entry of its own, unless a look was faster: every later decision goes by the new digest. */
export function configPushed(draft: GovernanceDraft, { text, actor }: Touched, config: ConfigAt): void {
  const known = draft.state.config ?? null;
  const isTold = known?.by === 'look' && known.config_sha256 === config.config_sha256;
  const before = known?.config_sha256 === config.config_sha256 ? known?.before : known?.config_sha256;
  draft.set({
    config: { ...config, at: draft.now, by: 'push', ...(before === undefined ? {} : { before }) },
  });
  draft.note(isTold ? 'governance.touched' : 'config.changed', actor, text, { ...config });
}

/** What no webhook told: the digest is another than the one that was known. */
export function configSeen(draft: GovernanceDraft, seen: ConfigAt): void {
  const known = draft.state.config ?? null;
  // Something happened since it was read: the next look is already ordered.
  if (draft.state.lookAgain || known?.config_sha256 === seen.config_sha256) return;
  const isBehind = known?.by === 'push' && known.before === seen.config_sha256;
  if (isBehind && draft.now - known.at < settling) return;
  draft.set({ config: { ...seen, at: draft.now, by: known === null ? 'first' : 'look' } });
  if (known === null) return;
  const what = seen.config_sha256?.slice(0, 12) ?? 'gone';
  const where =
    known.sha === seen.sha
      ? "the organisation's part of it has changed"
      : `found at ${seen.sha.slice(0, 12)}`;
  const before = { config_sha256_before: known.config_sha256 };
  draft.note(
    'config.changed',
    'release-conductor',
    `the config is now ${what}: ${where}, told by no webhook`,
    {
      ...seen,
      ...before,
    },
  );
}
