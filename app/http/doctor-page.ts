import { html } from 'hono/html';
import { type Examined, type Finding, summaryOf } from '../doctor.ts';

type Html = ReturnType<typeof html>;

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
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Doctor of ${repository}</title>
        <style>
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
          table { border-collapse: collapse; width: 100%; }
          td { vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
        </style>
      </head>
      <body>
        <h1>${repository}</h1>
        <p>${problems === 0 && unknown === 0 ? 'Everything is in order.' : `${problems} to mend, ${unknown} that could not be asked.`}</p>
        ${examined.map(({ subject, findings }) => html`<h2>${subject}</h2><table>${findings.map(row)}</table>`)}
        <p><a href="/">All</a></p>
      </body>
    </html>`;
}

function row(finding: Finding): Html {
  const help = 'help' in finding ? html`<br />→ ${finding.help}` : '';
  return html`<tr><td title="${finding.state}">${marks[finding.state]}</td><td>${finding.check}</td><td>${finding.detail}${help}</td></tr>`;
}
