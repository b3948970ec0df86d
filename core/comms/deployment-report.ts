import { cellText, inlineText } from '../gate/markdown.ts';
import type { ReleaseState } from '../release/state.ts';

export type DeploymentOutcome = 'success' | 'failed' | 'rolled_back';

/** The deployment report as a file: the front matter that note systems read, and the report. Markdown. */
export function deploymentReportFile(
  state: ReleaseState,
  outcome: DeploymentOutcome,
  repository: string,
  now: number,
): string {
  const { tag, plan } = state;
  const quote = (text: string): string => JSON.stringify(text.replace(/[\r\n]/g, ' '));
  return [
    '---',
    'tags: [deployment, release, agent/devops]',
    `unit_id: ${quote(tag)}`,
    `project: ${quote(`[[01-Projects/${repository}]]`)}`,
    `status: ${quote(outcome)}`,
    `deployed: ${quote(new Date(now).toISOString().slice(0, 16).replace('T', ' '))}`,
    'links:',
    `  qa_report: ${quote(plan?.qa === undefined ? 'none' : `[[${plan.qa.path.replace(/\.md$/, '')}]]`)}`,
    `  artifacts: ${quote(`commit ${state.sha}`)}`,
    '---',
    '',
    deploymentReport(state, outcome, now),
    '',
  ].join('\n');
}

/** The report that is posted when a release has ended. Markdown. */
export function deploymentReport(state: ReleaseState, outcome: DeploymentOutcome, now: number): string {
  const { tag, plan, startedAt, timeline, failure, hold } = state;
  const environment = plan?.config.production_environment ?? 'production';
  const previous = plan?.previous?.tag ?? 'none';
  const current = outcome === 'rolled_back' ? previous : tag;
  return [
    `# Deployment Report — ${inlineText(tag)}`,
    '',
    '## Summary',
    `- **Status:** ${outcome.toUpperCase()}`,
    `- **Environment:** ${inlineText(environment)}`,
    `- **Version:** ${inlineText(tag)}`,
    `- **Duration:** ${Math.round((now - startedAt) / 1_000)} s`,
    '- **Deployer:** Release Conductor',
    '',
    '## Pre-Deployment State',
    `- Previous version: ${inlineText(previous)}`,
    `- Health status: ${state.gates.slo?.verdict ?? 'not known'} (slo)`,
    '',
    '## Deployment Timeline',
    '| Time | Action |',
    '|------|--------|',
    ...timeline.map(({ at, text }) => `| ${clock(at)} | ${text.replaceAll('|', '\\|')} |`),
    '',
    '## Verification Results',
    '| Check | Expected | Actual | Status |',
    '|-------|----------|--------|--------|',
    ...verification(state),
    '',
    '## Post-Deployment State',
    `- Current version: ${inlineText(current)}`,
    `- Health status: ${outcome === 'success' ? 'healthy at the last step' : 'see the incident'}`,
    '',
    '## Issues Encountered',
    hold === null ? 'None.' : inlineText(`${hold.code}: ${hold.reason}`),
    '',
    '## Rollback Status',
    `- Rollback required: ${failure === null ? 'No' : 'Yes'}`,
    ...(failure === null ? [] : [`- Reason: ${inlineText(failure.reason)}`]),
  ].join('\n');
}

/** What the judge saw at each step, against the limits of the config. */
function verification({ canaryRecords, plan }: ReleaseState): readonly string[] {
  const limit = plan?.config.canary.max_error_rate ?? 0;
  if (canaryRecords.length === 0) return ['| Canary | measured | nothing was measured | - |'];
  return canaryRecords.map(({ step, weight, verdict, data }) => {
    const rate = data.canary_error_rate;
    const actual = typeof rate === 'number' ? percent(rate) : 'not known';
    const name = step === 0 ? 'Error rate at the stage' : `Error rate at ${weight} %`;
    const status = verdict === 'ready' ? 'PASS' : verdict === 'rollback' ? 'FAIL' : verdict.toUpperCase();
    return `| ${name} | <${percent(limit)} | ${actual} | ${cellText(status)} |`;
  });
}

const percent = (ratio: number): string => `${Number((ratio * 100).toFixed(2))} %`;
const clock = (at: number): string => new Date(at).toISOString().slice(11, 16);
