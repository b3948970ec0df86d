import { type BudgetRefusal, money } from './budget.ts';
import type { Offer, Place } from './offer.ts';
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
    case 'turn':
      return 'NOT_ITS_TURN';
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
      return 'The cost endpoint of the config did not answer; it begins by itself as soon as it does.';
    case 'undeclared':
      return 'The config of the base branch declares no `previews`; add the section to have them.';
    case 'failed':
      return 'The pipeline failed three times to make it; the runs of its deployments say why. Push a fix, or say `/preview` to try again.';
    case 'concurrency':
      return `There are ${refusal.limit} previews already (${listed(refusal.by)}). ${itBegins} \`/preview make-room\` here takes the place of #${refusal.oldest ?? refusal.by[0]}, which is likeliest to be done with.`;
    case 'turn':
      return `There is room, and ${refusal.after.map(nameOf).join(', ')} waited longer for it. ${itBegins} \`/preview make-room\` here puts it first.`;
    case 'budget':
      return budgetText(refusal.refusal);
  }
}

function listed(pulls: readonly number[]): string {
  const shown = pulls.slice(0, 20).map((pull) => `#${pull}`);
  return `${shown.join(', ')}${pulls.length > shown.length ? ' and others' : ''}`;
}

/** Those who wait get what becomes free. */
const itBegins = 'It begins by itself when its turn comes.';

/** What was spent, by whom, and what could be done about it. */
function budgetText({ scope, limit, spent, expected, by, offer }: BudgetRefusal): string {
  const whose = { preview: 'this preview', repository: 'the repository', organisation: 'the organisation' }[
    scope
  ];
  const spenders = by.map(
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
  if (offer === null) return `No command makes room for it; the budget begins anew at midnight. ${itBegins}`;
  if (offer.kind === 'shrink') return `\`/preview size ${offer.size}\` fits.`;
  const places = offer.of.map(nameOf);
  if (offer.kind === 'tomorrow')
    return `No command makes room before midnight, when the budget begins anew; \`/preview destroy\` on ${places.join()}, the oldest, leaves more of it then. ${itBegins}`;
  const which = offer.kind === 'destroy' && places.length === 1 ? ', the oldest,' : '';
  const isNear = offer.of.every(({ repository }) => repository === undefined);
  const here = isNear ? ' `/preview make-room` here does that.' : '';
  return `\`/preview ${offer.kind}\` on ${places.join(' and ')}${which} makes room.${here} ${itBegins}`;
}

function nameOf({ repository = '', pullRequest }: Place): string {
  return `${repository}#${pullRequest}`;
}
