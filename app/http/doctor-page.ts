import { html } from 'hono/html';
import { type Examined, type Finding, summaryOf } from '../doctor.ts';
import { dashboardPage, type Html, wideTable } from './layout.ts';

const marks: Readonly<Record<Finding['state'], string>> = {
  ok: '✔',
  problem: '✖',
  unknown: '?',
  skipped: '–',
};

/** The same answer for a minute: whoever reloads the page does not use up the rate limit. */
export function remembered(
  examine: (repository: string) => Promise<readonly Examined[]>,
  now: () => number,
): (repository: string) => Promise<readonly Examined[]> {
  const known = new Map<string, { readonly until: number; readonly answer: Promise<readonly Examined[]> }>();
  return (repository) => {
    const last = known.get(repository);
    if (last !== undefined && last.until > now()) return last.answer;
    if (known.size >= 1_000) known.clear();
    const answer = examine(repository);
    answer.catch(() => known.delete(repository));
    known.set(repository, { until: now() + 60_000, answer });
    return answer;
  };
}

/** What is missing for a repository, each with its remedy. */
export function doctorPage(repository: string, examined: readonly Examined[]): Html {
  const { problems, unknown } = summaryOf(examined);
  return dashboardPage(
    `Doctor of ${repository}`,
    html`<p>${problems === 0 && unknown === 0 ? 'Everything is in order.' : `${problems} to mend, ${unknown} that could not be asked.`}</p>
        ${examined.map(({ subject, findings }) => html`<h2>${subject}</h2>${wideTable(subject, ['', 'Check', 'Found'], findings.map(row))}`)}`,
  );
}

function row(finding: Finding): Html {
  const help = 'help' in finding ? html`<br />→ ${finding.help}` : '';
  return html`<tr><td title="${finding.state}">${marks[finding.state]}</td><td>${finding.check}</td><td>${finding.detail}${help}</td></tr>`;
}
