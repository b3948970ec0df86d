import { cellText, codeSpan } from '../gate/markdown.ts';
import type { Change } from './compare.ts';
import type { GovernancePlan } from './plan.ts';

/** The plan as people read it on a pull request. Everything from outside is text, never markup. */
export function renderPlan(plan: GovernancePlan): string {
  if (plan.changes.length === 0) return `The repository is as the config says.${renderRest(plan)}`;
  return [
    `${count(plan.changes.length, 'change')}, plan ${codeSpan(plan.hash.slice(0, 12))}:`,
    '',
    '| | what | change |',
    '|---|---|---|',
    ...plan.changes.map(renderChange),
    renderRest(plan),
    ...(plan.refused === null ? [] : ['', `**Not applied:** ${plan.refused.message}`]),
  ].join('\n');
}

function renderChange({ kind, name, before, after, details }: Change): string {
  const sign = before === null ? '+' : after === null ? '−' : '~';
  const first = before === null ? ['make it'] : after === null ? ['delete it'] : [];
  const words = [...first, ...details.map(cellText)].join('<br>');
  return `| ${sign} | ${kind} ${cellText(name)} | ${words} |`;
}

/** What no write of ours changes. */
function renderRest(plan: GovernancePlan): string {
  return renderKept(plan) + renderAbove(plan) + renderUnowned(plan) + renderWeaker(plan);
}

function renderKept({ kept }: GovernancePlan): string {
  if (kept.length === 0) return '';
  return `\n\nNot declared and left alone (\`governance.deletes\` is off): ${kept.map(cellText).join(', ')}.`;
}

/** Absent in plans that were made before it was looked at. */
function renderAbove({ above = [] }: Partial<GovernancePlan>): string {
  if (above.length === 0) return '';
  const lines = above.slice(0, mostPaths).map((one) => `\n- ${cellText(one)}`);
  return `\n\nAlso in force, and never written here:\n${lines.join('')}`;
}

/** Said of plans that were made before owners were looked at, too: they name none. */
function renderUnowned({ unowned = [] }: Partial<GovernancePlan>): string {
  if (unowned.length === 0) return '';
  const paths = unowned.slice(0, mostPaths).map(codeSpan).join(', ');
  const more = unowned.length > mostPaths ? ` and ${unowned.length - mostPaths} more` : '';
  return `\n\n**Nobody owns** ${paths}${more}: anybody with write access can approve a change there. Add owners to \`.github/CODEOWNERS\`.`;
}

function renderWeaker({ weaker = [] }: Partial<GovernancePlan>): string {
  if (weaker.length === 0) return '';
  const lines = weaker.slice(0, mostPaths).map((one) => `\n- ${cellText(one)}`);
  return `\n\n**Weaker than the organisation allows**, and without effect:\n${lines.join('')}`;
}

const mostPaths = 20;

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
