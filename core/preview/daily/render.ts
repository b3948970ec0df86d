import { postable } from '../../comms/safe-text.ts';
import { codeSpan } from '../../gate/markdown.ts';
import { money } from '../budget.ts';
import type { Refusal } from '../state.ts';
import type { DailyReport } from './report.ts';

/** Previews that a report names; the rest is summed up. */
const named = 50;

/** The report in Markdown; null: nothing happened that day. */
export function renderDailyReport(report: DailyReport): string | null {
  const { date, timeZone, budget, previews, spent, others, refused, leftOver } = report;
  if (previews.length === 0 && refused.length === 0 && leftOver.length === 0) return null;
  const all = spent + others.reduce((total, one) => total + one.spent, 0);
  const rows = previews
    .slice(0, named)
    .map((one) => `| #${one.pullRequest} | ${money(one.spent)} | ${one.exists ? 'stands' : 'gone'} |`);
  const rest = previews.slice(named);
  return postable(
    [
      `### Previews on ${date} (${timeZone}): ${money(spent)} of ${money(budget.repository)}`,
      '',
      ...(rows.length === 0
        ? ['No preview cost anything.']
        : ['| preview | spent | now |', '|---|---|---|', ...rows]),
      ...(rest.length === 0
        ? []
        : [
            `| ${rest.length} more | ${money(rest.reduce((total, one) => total + one.spent, 0))} | ${rest.filter(({ exists }) => exists).length} stand |`,
          ]),
      '',
      `- **Organisation**: ${money(all)} of ${money(budget.organisation)}${othersText(others)}`,
      `- **Refused**: ${refused.length === 0 ? 'none' : refused.map(({ pullRequest, reasons }) => `#${pullRequest} (${reasons.map((kind) => reasonText[kind]).join(', ')})`).join(', ')}`,
      `- **Left over**: ${leftOver.length === 0 ? 'none' : `${leftOver.map((pull) => `#${pull}`).join(', ')}: look at the runs of their teardown`}`,
    ].join('\n'),
  );
}

/** The same in one line, for chats and programs. */
export function dailyLine(repository: string, report: DailyReport): string {
  const { date, spent, budget, previews, refused, leftOver } = report;
  return `Previews of ${repository} on ${date}: ${money(spent)} of ${money(budget.repository)}, ${previews.length} previews, ${refused.length} refused, ${leftOver.length} left over`;
}

function othersText(others: DailyReport['others']): string {
  if (others.length === 0) return '';
  const shown = others.slice(0, 10).map(({ repository, spent }) => `${codeSpan(repository)} ${money(spent)}`);
  const more = others.length > 10 ? `, and ${others.length - 10} more` : '';
  return `, beside this one ${shown.join(', ')}${more}`;
}

const reasonText: Readonly<Record<Refusal['kind'], string>> = {
  budget: 'budget',
  concurrency: 'too many at once',
  fork: 'fork without approval',
  draft: 'a draft',
  undeclared: 'none declared',
  turn: 'others waited longer',
  'cost-unknown': 'cost unknown',
  failed: 'could not be made',
};
