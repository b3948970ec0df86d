import type { Outlook } from './outlook.ts';
import { refusalCode } from './refusal.ts';
import { environmentOf, type PreviewState } from './state.ts';
import { isAskedFor, isExpired } from './wanted.ts';

const minute = 60_000;
/** From the moment that it runs its golden paths have so long to report, ms. */
export const walkingTime = 30 * minute;

/**
 * Whether golden paths will be walked in the preview of the head. What was asked for and cannot be had is `missing`: a
 * budget that is spent must not turn a gate green.
 */
export function outlookOf(state: PreviewState, now: number): Outlook {
  const { headSha: sha, wish, config } = state;
  const none = (text: string): Outlook => ({ sha, kind: 'none', text });
  if (!state.open) return none('the pull request is closed');
  if (isRefusedFreely(state)) return none(freelyRefused(state.refusal));
  if (config === null || state.declared === false || state.walks === false)
    return none('no golden paths have to be walked in previews');
  if (state.fork) return none('a preview of a fork is not walked');
  if (!isAskedFor(state)) {
    const isEvaded = wish?.kind === 'destroy' && config.when === 'always';
    return isEvaded ? missing(sha, againstWish) : none('no preview is asked for');
  }
  return outlookOfAsked(state, now);
}

/** It was refused, and the config waits for none: the check passes without it, and says so. */
export function isRefusedFreely(
  state: PreviewState,
): state is PreviewState & { readonly refusal: NonNullable<PreviewState['refusal']> } {
  const { config, declared, open, fork, refusal } = state;
  const isFree = config?.golden_paths === 'if-reported' && declared !== false;
  return isFree && open && !fork && refusal !== null && isAskedFor(state);
}

function freelyRefused(refusal: NonNullable<PreviewState['refusal']>): string {
  return `the preview was refused (${refusalCode(refusal)}), and \`previews.golden_paths: if-reported\` waits for none`;
}

const againstWish =
  'it was destroyed, and the config asks for one of every pull request. `/preview` makes it anew.';

function outlookOfAsked(state: PreviewState, now: number): Outlook {
  const { headSha: sha, refusal, running, order, pullRequest } = state;
  if (refusal !== null) return missing(sha, `it was refused (${refusalCode(refusal)}). ${wayOut(state)}`);
  if (isExpired(state, now)) return missing(sha, 'its life has ended. `/preview` makes it anew.');
  const isBeingMade = order?.status === 'requested' && order.action === 'create';
  if (isBeingMade || running === null) return { sha, kind: 'awaited', text: 'it is being made' };
  if (running.sha !== sha) {
    if (running.asleep)
      return missing(sha, 'it sleeps at an older commit. `/preview wake` brings it to this one.');
    return { sha, kind: 'awaited', text: 'it is brought to this commit' };
  }
  if (now - (running.since ?? now) < walkingTime)
    return { sha, kind: 'awaited', text: 'it runs, and its golden paths are being walked' };
  return missing(
    sha,
    `it runs, but nobody reported its golden paths within ${walkingTime / minute} minutes. Look at the job \`probe\` of the deployment to \`${environmentOf(pullRequest)}\`: its workflow has to stand in \`trusted_workflows\`. \`/preview destroy\` and \`/preview\` try again.`,
  );
}

/** What can be done about a refusal: the comment has the figures. */
function wayOut({ waits }: PreviewState): string {
  const comment = 'The comment about it says what to do';
  if (waits == null) return `${comment}.`;
  return `It begins by itself when its turn comes; \`/preview make-room\` puts it first, \`/preview destroy\` gives it up where the config does not ask for one of every pull request. ${comment}.`;
}

function missing(sha: string, text: string): Outlook {
  return { sha, kind: 'missing', text };
}
