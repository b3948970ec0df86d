import { html, raw } from 'hono/html';
import { type Database, readAggregate } from '../../adapters/postgres/index.ts';
import { judgeChart } from '../../core/canary/chart.ts';
import { type ExplainedTable, explanationOf } from '../../core/canary/explanation.ts';
import { type JudgeRecord, recordOf } from '../../core/canary/record.ts';
import { replay } from '../../core/canary/replay.ts';
import { settingsAt } from '../../core/canary/settings.ts';
import { renderSvg } from '../../core/chart/svg.ts';
import { phaseText } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { stepText, trafficOf } from '../../core/release/steps.ts';
import { dashboardPage, type Html, wideTable } from './layout.ts';

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
  const state = stored.state as ReleaseState;
  const steps = judgedSteps(state);
  return dashboardPage(
    `Release ${tag}`,
    html`<p>${repository}</p>
      ${standing(state)}
      ${steps.length === 0 ? html`<p>Nothing was measured yet.</p>` : steps.map(section)}`,
  );
}

/** Where the release stands: the same words as in its issue. */
function standing(state: ReleaseState): Html {
  const { phase, hold, sha } = state;
  return html`<dl>
    <dt>Phase</dt><dd>${phaseText[phase]}</dd>
    <dt>Production traffic</dt><dd>${trafficText(state)}</dd>
    ${hold === null ? '' : html`<dt>Held</dt><dd>${hold.code}: ${hold.reason} (${hold.by})</dd>`}
    <dt>Commit</dt><dd><code>${sha}</code></dd>
  </dl>`;
}

/** `50 %`, or where there are several production environments `eu 100 %, us 50 %`. */
export function trafficText(state: ReleaseState): string {
  const traffic = trafficOf(state);
  if (traffic.length <= 1) return `${state.weight} %`;
  return traffic.map(({ environment, weight }) => `${environment} ${weight} %`).join(', ');
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
  const cellsOf = ({ cells, decides }: ExplainedTable['rows'][number]): Html =>
    html`<tr>${cells.map((text) => (decides ? html`<td><strong>${text}</strong></td>` : html`<td>${text}</td>`))}</tr>`;
  return wideTable(head[0] ?? 'Figures', head, rows.map(cellsOf), 'figures');
}
