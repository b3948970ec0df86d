import { type BudgetRefusal, money } from './budget.ts';
import type { Offer } from './offer.ts';
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
    case 'draft':
      return 'DRAFT';
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
    case 'draft':
      return 'A draft gets none (`previews.drafts`): mark it ready for review, or say `/preview`.';
    case 'cost-unknown':
      return 'The cost endpoint of the config did not answer; nothing is started before it does.';
    case 'undeclared':
      return 'The config of the base branch declares no `previews`; add the section to have them.';
    case 'failed':
      return 'The pipeline failed three times to make it. Push a fix, or say `/preview` to try again.';
    case 'concurrency':
      return `There are ${refusal.limit} previews already (${refusal.by.map((pull) => `#${pull}`).join(', ')}). \`/preview destroy\` on #${refusal.oldest ?? refusal.by[0]}, the oldest, makes room; then say \`/preview\` here.`;
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
  return [
    `The budget of ${whose} is ${money(limit)} a day: ${money(spent)} is spent, and with this preview it would be ${money(expected)} by midnight.`,
    spenders.length === 0 ? '' : `Spent today: ${spenders.join(', ')}.`,
    helpOf(offer),
  ]
    .filter((line) => line !== '')
    .join(' ');
}

function helpOf(offer: Offer | null): string {
  if (offer === null) return 'No command makes room for it; the budget begins anew at midnight.';
  if (offer.kind === 'shrink') return `\`/preview size ${offer.size}\` fits.`;
  const places = offer.of.map(({ repository = '', pullRequest }) => `${repository}#${pullRequest}`);
  if (offer.kind === 'tomorrow')
    return `No command makes room before midnight, when the budget begins anew; \`/preview destroy\` on ${places.join()}, the oldest, leaves more of it then.`;
  const which = offer.kind === 'destroy' && places.length === 1 ? ', the oldest,' : '';
  return `\`/preview ${offer.kind}\` on ${places.join(' and ')}${which} makes room; then say \`/preview\` here.`;
}
