import { html, raw } from 'hono/html';
import { type Database, readAggregate } from '../../adapters/postgres/index.ts';
import { judgeChart } from '../../core/canary/chart.ts';
import { type ExplainedTable, explanationOf } from '../../core/canary/explanation.ts';
import { type JudgeRecord, recordOf } from '../../core/canary/record.ts';
import { replay } from '../../core/canary/replay.ts';
import { settingsAt } from '../../core/canary/settings.ts';
import { renderSvg } from '../../core/chart/svg.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { stepText } from '../../core/release/steps.ts';

type Html = ReturnType<typeof html>;

/** How one step is called, and what the judge saw there. */
interface JudgedStep {
  readonly name: string;
  readonly record: JudgeRecord;
}

/** What the judge saw of one release, step by step: tables, and the e-values over time. Null: no such release. */
export async function readCanaryPage(
  database: Database,
  repository: string,
  tag: string,
): Promise<Html | null> {
  const stored = await readAggregate(database, { kind: 'release', repository, key: tag });
  if (stored === null) return null;
  const steps = judgedSteps(stored.state as ReleaseState);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Canary of ${tag}</title>
        <style>
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
          table { border-collapse: collapse; margin: 1rem 0; }
          th, td { text-align: right; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #8884; }
          th:first-child, td:first-child { text-align: left; }
          svg { max-width: 100%; height: auto; }
        </style>
      </head>
      <body>
        <h1>Canary of ${tag}</h1>
        <p>${repository} · <a href="/">all releases</a></p>
        ${steps.length === 0 ? html`<p>Nothing was measured yet.</p>` : steps.map(section)}
      </body>
    </html>`;
}

/** Steps that were left, and the one that is measured now. */
function judgedSteps({ canaryRecords, measuring, plan }: ReleaseState): readonly JudgedStep[] {
  const left = canaryRecords.flatMap(({ step, weight, record }) =>
    record === undefined
      ? []
      : [{ step, name: step === 0 ? 'Stage' : plan === null ? `${weight} %` : stepText(plan, step), record }],
  );
  const isMeasured = measuring !== null && plan !== null && measuring.log.ticks.length > 0;
  if (!isMeasured) return left;
  const record = recordOf(measuring.log, settingsAt(plan.config, measuring.step));
  const name = measuring.step === 0 ? 'Stage, now' : `${stepText(plan, measuring.step)}, now`;
  return [...left.filter(({ step }) => step !== measuring.step), { name, record }];
}

function section({ name, record }: JudgedStep): Html {
  const explained = explanationOf(record, replay(record));
  if (explained === null) return html`<h2>${name}</h2><p>Nothing was measured at this step.</p>`;
  const { verdict, readings, reasons, tables, clusters, ready } = explained;
  return html`<h2>${name}: ${verdict}</h2>
    <p>After ${readings} readings: ${reasons.join('; ')}. Ready: ${ready}.</p>
    ${clusters === null ? '' : html`<p>${clusters}</p>`}
    ${raw(renderSvg(judgeChart(record)))}
    ${tables.map(tableOf)}`;
}

function tableOf({ head, rows }: ExplainedTable): Html {
  return html`<table>
    <tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr>
    ${rows.map(({ cells, decides }) => {
      const cell = (text: string): Html =>
        decides ? html`<td><strong>${text}</strong></td>` : html`<td>${text}</td>`;
      return html`<tr>${cells.map(cell)}</tr>`;
    })}
  </table>`;
}
