import { type BudgetRefusal, money } from './budget.ts';
import type { Refusal } from './state.ts';

/** Stable code of a refusal, for the audit log. */
export function refusalCode(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'fork':
      return 'FORK_NOT_APPROVED';
    case 'cost-unknown':
      return 'COST_UNKNOWN';
    case 'undeclared':
      return 'PREVIEWS_UNDECLARED';
    case 'failed':
      return 'CREATE_FAILED';
    case 'concurrency':
      return 'TOO_MANY_PREVIEWS';
    case 'budget':
      return refusal.refusal.code;
  }
}

/** Why there is none, and what can be done about it. */
export function refusalText(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'fork':
      return 'The head comes from a fork: a maintainer has to put the label on after each push. It gets no secret.';
    case 'cost-unknown':
      return 'The cost endpoint of the config did not answer; nothing is started before it does.';
    case 'undeclared':
      return 'The config of the base branch declares no `previews`; add the section to have them.';
    case 'failed':
      return 'The pipeline failed three times to make it. Push a fix, or say `/preview` to try again.';
    case 'concurrency':
      return `There are ${refusal.limit} previews already (${refusal.by.map((pull) => `#${pull}`).join(', ')}). Destroy one, or wait.`;
    case 'budget':
      return budgetText(refusal.refusal);
  }
}

/** What was spent, by whom, and what could be done about it. */
function budgetText({ scope, limit, spent, expected, by, offer }: BudgetRefusal): string {
  const whose = { preview: 'this preview', repository: 'the repository', organisation: 'the organisation' }[
    scope
  ];
  const spenders = by
    .slice(0, 10)
    .map(
      (row) =>
        `${row.repository}#${row.pullRequest} ${money(row.spentToday)}${row.perHour > 0 ? ' and counting' : ''}`,
    );
  const offers = {
    shrink: (size: string) => `\`/preview size ${size}\` fits.`,
    sleep: (pull: number) => `\`/preview sleep\` on #${pull} makes room.`,
    destroy: (pull: number) => `\`/preview destroy\` on #${pull}, the oldest, makes room.`,
  };
  const help =
    offer === null
      ? 'It begins anew at midnight.'
      : offer.kind === 'shrink'
        ? offers.shrink(offer.size)
        : offers[offer.kind](offer.pullRequest);
  return [
    `The budget of ${whose} is ${money(limit)} a day: ${money(spent)} is spent, and with this preview it would be ${money(expected)} by midnight.`,
    spenders.length === 0 ? '' : `Spent today: ${spenders.join(', ')}.`,
    help,
  ]
    .filter((line) => line !== '')
    .join(' ');
}
