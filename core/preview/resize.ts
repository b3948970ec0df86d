import { checkBudget } from './budget.ts';
import { dayAt } from './day.ts';
import { ledgerRow } from './ledger.ts';
import { refusalText } from './refusal.ts';
import type { LedgerRow } from './row.ts';
import { sizeOf } from './size.ts';
import type { PreviewState } from './state.ts';

/**
 * Takes a size that there is and that the rest of the day can pay for; else says why it stays as it is.
 *
 * @param others every other preview of the organisation as of now; null: nobody has looked, a dearer size waits.
 */
export function resize(
  state: PreviewState,
  size: string,
  others: readonly LedgerRow[] | null,
  repository: string,
  now: number,
): Pick<PreviewState, 'size' | 'notice' | 'asksSize'> {
  const { config } = state;
  const unchanged = { size: state.size, asksSize: null };
  const taken = { size, notice: null, asksSize: null };
  if (config === null) return taken;
  const { sizes } = config.cost;
  if (!Object.hasOwn(sizes, size)) {
    const names = Object.keys(sizes).map((name) => `\`${name}\``);
    return { ...unchanged, notice: `There is no size \`${size}\`; there are ${names.join(', ')}.` };
  }
  const isDearer = (sizes[size]?.per_hour ?? 0) > (sizes[sizeOf(state)]?.per_hour ?? 0);
  if (!isDearer || !state.mayExist) return taken;
  if (others === null) return { ...unchanged, notice: null, asksSize: size };
  const zone = config.budget.time_zone;
  const ledger = [...others, ledgerRow(state, repository, now, zone)];
  const asked = { repository, pullRequest: state.pullRequest, size };
  const refusal = checkBudget(config, asked, ledger, now, dayAt(now, zone));
  if (refusal === null) return taken;
  return {
    ...unchanged,
    notice: `It stays \`${sizeOf(state)}\`. ${refusalText({ kind: 'budget', refusal })}`,
  };
}
