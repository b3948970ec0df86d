import { postable } from '../comms/safe-text.ts';
import { cellText } from '../gate/markdown.ts';
import { money } from './budget.ts';
import { dayAt } from './day.ts';
import { ledgerRow } from './ledger.ts';
import { forecast, spentBetween } from './meter.ts';
import { refusalText } from './refusal.ts';
import { sizeOf } from './size.ts';
import type { PreviewState } from './state.ts';
import { isSpentToday } from './sweep.ts';

const hour = 3_600_000;

/** The one comment about the preview, or null while there is nothing to say. */
export function renderPreview(state: PreviewState, repository: string, now: number): string | null {
  const { config, mayExist, counters, refusal, notice } = state;
  if (refusal?.kind === 'undeclared') return refusalText(refusal);
  const isKnown = mayExist || refusal !== null || counters.order !== undefined;
  if (config === null || !(isKnown || notice)) return null;
  const lines = [`### Preview of ${state.headSha.slice(0, 12)}: ${phaseOf(state, now)}`, ''];
  if (refusal !== null) lines.push(refusalText(refusal), '');
  if (notice) lines.push(notice, '');
  if (mayExist) lines.push(...factsOf(state, repository, now), '');
  lines.push(
    '`/preview`, `/preview extend 24h`, `/preview sleep`, `/preview size <size>`, `/preview destroy`',
  );
  return postable(lines.join('\n'));
}

/** In a few words what it does now. */
export function phaseOf(state: PreviewState, now: number): string {
  const { running, order, mayExist, refusal } = state;
  if (order?.status === 'requested') {
    return { create: 'being made', sleep: 'going to sleep', wake: 'waking up', destroy: 'being torn down' }[
      order.action
    ];
  }
  if (!mayExist) return refusal === null ? `gone${whyGone(state, now)}` : refusedText(state);
  if (running === null)
    return order?.action === 'destroy' ? 'cannot be torn down yet' : 'could not be made yet';
  if (!running.asleep) return 'running';
  return isSpentToday(state, now) ? 'asleep until tomorrow, because its budget of today is spent' : 'asleep';
}

/** Whoever waits sees since when, and that nothing has to be done. */
function refusedText({ waits }: PreviewState): string {
  if (waits == null) return 'refused';
  return waits.since === 0
    ? 'refused for now, and the next in line'
    : `refused for now, in line since ${new Date(waits.since).toISOString().slice(0, 16)}Z`;
}

/** What brings it back, where somebody who still asks for it could wonder. */
function whyGone({ open, wish, expiresAt }: PreviewState, now: number): string {
  if (!open || wish?.kind === 'destroy' || expiresAt === null || now < expiresAt) return '';
  return ': its life has ended. `/preview` or a push begins another one';
}

function factsOf(state: PreviewState, repository: string, now: number): readonly string[] {
  const { config, url, expiresAt, since } = state;
  if (config === null) return [];
  const zone = config.budget.time_zone;
  const row = ledgerRow(state, repository, now, zone);
  const total = spentBetween(state.meter, 0, now);
  const perHour = config.cost.sizes[sizeOf(state)]?.per_hour ?? 0;
  const rows = [
    ['address', url === null ? 'not reported yet' : url],
    ...(state.gateway === null ? [] : [['wakes at', state.gateway] as const]),
    ['age', ageText(now - since)],
    ['size', sizeOf(state)],
    [
      'cost',
      `${money(row.spentToday)} today (${dayAt(now, zone).date}, ${zone}) of ${money(config.budget.preview)}, ${money(total)} in all`,
    ],
    [
      'forecast',
      `${money(row.spentToday + forecast(perHour, now, dayAt(now, zone).to))} by midnight if it runs on, at most ${money(total + forecast(perHour, now, expiresAt ?? now))} by its end`,
    ],
    ['ends', expiresAt === null ? '' : new Date(expiresAt).toISOString()],
  ] as const;
  const ending =
    expiresAt !== null && expiresAt > now && expiresAt - now <= config.warn_before
      ? ['', `**It ends soon.** Say \`/preview extend 24h\` to keep it.`]
      : [];
  return [
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${cellText(value)} |`),
    ...ending,
  ];
}

/** Whole hours, so that the comment is not written every minute. */
function ageText(ms: number): string {
  const hours = Math.floor(ms / hour);
  return hours < 1 ? 'less than an hour' : hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
