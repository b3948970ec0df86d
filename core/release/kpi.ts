import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import { mention } from '../comms/announcement.ts';
import { kpiCause, kpiReportText, regressionBody, regressionTitle } from '../comms/kpi-report.ts';
import { releaseNotes } from '../comms/release-notes.ts';
import type { KpisMeasured } from '../kpi/effect.ts';
import { kpisOf } from '../kpi/queries.ts';
import { type KpiReport, makeReport, regressionsOf } from '../kpi/report.ts';
import { kpiWindows } from '../kpi/windows.ts';
import type { ReleaseDraft } from './draft.ts';
import { notify } from './notify.ts';

/** A metrics source that does not answer is asked again for so long, ms; then the report says what is missing. */
const patience = 6 * 3_600_000;

/** The observation after GA is over: how do the figures compare with the same hours before? Asked once a release. */
export function requestKpis(draft: ReleaseDraft, ga: number): void {
  const { config } = draft.plan();
  if (draft.state.counters.kpi !== undefined) return;
  const { kpis, metrics, observe_after_ga: length } = config;
  const { url } = kpis;
  const windows = kpiWindows({
    ga,
    began: draft.state.startedAt,
    length,
    weeks: kpis.baseline_weeks,
    bucket: kpis.bucket,
    timeZone: kpis.time_zone,
  });
  draft.set({ kpiRequest: { dueAt: ga + length, windows } });
  draft.emit(`kpi/${draft.next('kpi')}`, {
    kind: 'measureKpis',
    windows,
    source: url === undefined ? { kind: metrics.kind, url: metrics.url } : { kind: 'prometheus', url },
    kpis: kpisOf(config),
    giveUpAt: draft.now + patience,
  });
}

/** The answer, whatever became of the release meanwhile. A second one changes nothing: the report is posted once. */
export function onKpisMeasured(draft: ReleaseDraft, { readings, others }: KpisMeasured): void {
  const { tag, kpi, kpiRequest, plan } = draft.state;
  if (plan === null || kpi !== undefined || kpiRequest === undefined) return;
  const { windows, dueAt } = kpiRequest;
  const answer = { windows, readings, others };
  const report = makeReport(plan.config, tag, answer, { dueAt, now: draft.now });
  draft.set({ kpi: report });
  draft.tell(`KPIs compared: ${kpiCause(report)}`);
  draft.note('kpi.reported', 'conductor', kpiCause(report), report.lateBy > 0 ? 'KPI_LATE' : null, {
    report_sha256: createHash('sha256').update(canonicalJson(report)).digest('hex'),
    late_by_ms: report.lateBy,
  });
  draft.comment('kpi-report', kpiReportText(report));
  reportRegressions(draft, report);
  notify(draft, 'kpi', kpiCause(report));
  const { releaseId } = draft.state;
  if (releaseId !== null) {
    draft.emit('kpi-notes/1', { kind: 'editReleaseNotes', releaseId, body: releaseNotes(draft.state) });
  }
}

/** Nobody could read anything: that is what the report says then. */
export function onKpisFailed(draft: ReleaseDraft, message: string): void {
  const { plan } = draft.state;
  if (plan === null) return;
  const problem = message.slice(0, 300);
  const readings = kpisOf(plan.config).map(({ name }) => ({ name, after: [], before: [], problem }));
  onKpisMeasured(draft, { type: 'kpis.measured', readings, others: [] });
}

/** One issue for each figure that got worse, with whoever answers for it. */
function reportRegressions(draft: ReleaseDraft, report: KpiReport): void {
  const { trackingIssue } = draft.state;
  const { config, previous } = draft.plan();
  const kpis = kpisOf(config);
  for (const regression of regressionsOf(report)) {
    const index = kpis.findIndex(({ name }) => name === regression.name);
    const owner = kpis[index]?.owner;
    draft.note('kpi.regressed', 'conductor', `${regression.name} got worse`, 'KPI_REGRESSION', {
      kpi: regression.name,
      before: regression.before,
      after: regression.after,
    });
    draft.emit(`kpi-regression/${index}`, {
      kind: 'openIssue',
      title: regressionTitle(report, regression),
      labels: ['kpi-regression'],
      body: regressionBody(report, regression, {
        owners: (owner === undefined ? config.on_call : [owner]).map(mention),
        trackingIssue,
        previous: previous?.tag ?? null,
        runbook: config.runbook,
      }),
    });
  }
}
