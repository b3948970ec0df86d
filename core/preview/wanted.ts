import { checkBudget, overspent } from './budget.ts';
import { dayAt } from './day.ts';
import { ledgerRow } from './ledger.ts';
import { placeOf } from './offer.ts';
import { whoComesFirst } from './queue.ts';
import type { LedgerRow } from './row.ts';
import { priceOf, sizeOf } from './size.ts';
import type { PreviewState, Refusal } from './state.ts';
import { isSpentToday } from './sweep.ts';

/** What should be there now, and why not if it should not. */
export type Wanted =
  | { readonly kind: 'nothing'; readonly refusal: Refusal | null }
  | { readonly kind: 'preview'; readonly sha: string; readonly size: string; readonly asleep: boolean };

/**
 * Pure: the pull request, the people and the clock decide; what exists does not.
 *
 * @param others every other preview of the organisation as of now; null: nobody has looked, so that whether there is room
 *   for it is as it was.
 */
export function wantedAt(
  state: PreviewState,
  repository: string,
  now: number,
  others: readonly LedgerRow[] | null,
): Wanted {
  const { config, open, headSha, wish } = state;
  if (open && wish?.kind === 'start' && state.declared === false) return nothing({ kind: 'undeclared' });
  if (config === null || state.declared === false || !open) return nothing(null);
  if (!isAskedFor(state)) return nothing(isLabelledDraft(state) ? { kind: 'draft' } : null);
  if (isExpired(state, now)) return nothing(null);
  if (state.fork && state.approved?.sha !== headSha) return nothing({ kind: 'fork' });
  if (state.refusal?.kind === 'failed' && state.refusal.sha === headSha) return nothing(state.refusal);

  const size = sizeOf(state);
  const preview = { kind: 'preview', sha: headSha, size } as const;
  const day = dayAt(now, config.budget.time_zone);
  const own = ledgerRow(state, repository, now, config.budget.time_zone);
  if (state.running !== null || state.mayExist) {
    // What runs goes on until its money is spent; then it sleeps, because what sleeps can wake tomorrow.
    const ledger = [...(others ?? state.others), own];
    const spent = isSpentToday(state, now) || overspent(config, own, ledger, 0) !== null;
    if (spent && priceOf(state, size, true) > 0) {
      if (others === null && state.refusal?.kind === 'budget') return nothing(state.refusal);
      const asked = { repository, pullRequest: state.pullRequest, size };
      const refusal = others === null ? null : checkBudget(config, asked, ledger, now, day);
      if (refusal !== null) return nothing({ kind: 'budget', refusal });
    }
    return { ...preview, asleep: state.asleep || spent || isIdle(state, now) };
  }
  if (state.billUnknown) return nothing({ kind: 'cost-unknown' });
  if (others === null)
    return isForRoom(state.refusal) ? nothing(state.refusal) : { ...preview, asleep: state.asleep };
  const living = others.filter((row) => row.repository === repository && row.exists);
  if (living.length >= config.max_concurrent) {
    const by = living.map(({ pullRequest }) => pullRequest).toSorted((a, b) => a - b);
    const oldest = living.toSorted(likelierUnused)[0]?.pullRequest ?? 0;
    return nothing({ kind: 'concurrency', limit: config.max_concurrent, by, oldest });
  }
  const asked = { repository, pullRequest: state.pullRequest, size };
  const ledger = [...others, own];
  const refusal = checkBudget(config, asked, ledger, now, day);
  if (refusal !== null) return nothing({ kind: 'budget', refusal });
  const perHour = config.cost.sizes[size]?.per_hour ?? 0;
  const turn = { ...asked, perHour, since: state.waits?.since ?? now };
  const first = whoComesFirst(config, turn, ledger, now, day);
  return first.length === 0
    ? { ...preview, asleep: state.asleep }
    : nothing({ kind: 'turn', after: first.map((row) => placeOf(row, repository)) });
}

/** Those first that nobody uses, of them the oldest; what is about to go makes room without anybody's help. */
function likelierUnused(a: LedgerRow, b: LedgerRow): number {
  return (
    Number(a.leaves ?? false) - Number(b.leaves ?? false) ||
    Number(b.asleep) - Number(a.asleep) ||
    a.since - b.since
  );
}

/** Others may leave what it lacks, or the day brings it. */
export function isForRoom(refusal: Refusal | null): boolean {
  return refusal !== null && ['budget', 'concurrency', 'turn', 'cost-unknown'].includes(refusal.kind);
}

/** The last word of a person counts; without one the config does. */
export function isAskedFor({ wish, config, labelled, draft }: PreviewState): boolean {
  if (wish !== null) return wish.kind === 'start';
  if (config === null || (draft && !config.drafts)) return false;
  return config.when === 'always' || (config.when === 'label' && labelled);
}

export function isExpired({ expiresAt }: PreviewState, now: number): boolean {
  return expiresAt !== null && now >= expiresAt;
}

/** Somebody asks for one who does not know that drafts get none. */
function isLabelledDraft({ wish, config, labelled, draft }: PreviewState): boolean {
  return wish === null && config?.when === 'label' && labelled && draft;
}

function isIdle({ config, lastVisit, running }: PreviewState, now: number): boolean {
  const limit = config?.idle_sleep ?? 0;
  return limit > 0 && running !== null && now - lastVisit >= limit;
}

function nothing(refusal: Refusal | null): Wanted {
  return { kind: 'nothing', refusal };
}
