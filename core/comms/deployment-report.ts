import { productionEnvironments } from '../config/waves.ts';
import { cellText, inlineText } from '../gate/markdown.ts';
import { preflight } from '../release/preflight.ts';
import type { ReleaseState } from '../release/state.ts';
import { stepText } from '../release/steps.ts';

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
    `  artifacts: ${quote(artifactLocation(state))}`,
    '---',
    '',
    deploymentReport(state, outcome, now),
    '',
    '---',
    '> [!tip] Persistence',
    `> Save to: \`01-Projects/${inlineText(repository)}/Deployments/Deploy-${inlineText(tag)}.md\``,
    '',
  ].join('\n');
}

/** The report that is posted when a release has ended. Markdown. */
export function deploymentReport(state: ReleaseState, outcome: DeploymentOutcome, now: number): string {
  const { tag, plan, startedAt, timeline, failure, hold } = state;
  const environment = plan === null ? 'production' : productionEnvironments(plan.config).join(', ');
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
    `- Health status: ${inlineText(healthBefore(state))}`,
    '',
    '## Deployment Timeline',
    '| Time | Action | Status |',
    '|------|--------|--------|',
    ...timeline.map(
      ({ at, text, status }) => `| ${clock(at)} | ${text.replaceAll('|', '\\|')} | ${status ?? '-'} |`,
    ),
    '',
    '## Verification Results',
    '| Check | Expected | Actual | Status |',
    '|-------|----------|--------|--------|',
    ...verification(state),
    '',
    '## Post-Deployment State',
    `- Current version: ${inlineText(current)}`,
    `- Health status: ${outcome === 'success' ? 'healthy at the last step' : 'see the incident'}`,
    `- Key metrics: ${keyMetrics(state)}`,
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
  return canaryRecords.flatMap(({ step, weight, verdict, data }) => {
    const where = step === 0 ? 'at the stage' : `at ${plan === null ? `${weight} %` : stepText(plan, step)}`;
    const status = cellText(
      verdict === 'ready' ? 'PASS' : verdict === 'rollback' ? 'FAIL' : verdict.toUpperCase(),
    );
    const slow = `| Slow requests ${where} | as the running version's ${share(data.baseline_slow_rate)} | ${share(data.canary_slow_rate)} | ${status} |`;
    return [
      `| Error rate ${where} | <${percent(limit)} | ${share(data.canary_error_rate)} | ${status} |`,
      ...(typeof data.canary_slow_rate === 'number' ? [slow] : []),
    ];
  });
}

function healthBefore(state: ReleaseState): string {
  const environment = preflight(state).find(({ clause }) => clause === 'environment');
  return environment?.state === 'met'
    ? environment.detail
    : `${state.gates.slo?.verdict ?? 'not known'} (slo); ${environment?.detail ?? ''}`;
}

/** What the judge saw last. */
function keyMetrics({ canaryRecords }: ReleaseState): string {
  const data = canaryRecords.at(-1)?.data;
  if (data === undefined) return 'nothing was measured';
  const requests = data.canary_requests ?? 0;
  return `${requests} requests, error rate ${share(data.canary_error_rate)}, slow ${share(data.canary_slow_rate)}`;
}

function artifactLocation({ sha, preflight: facts }: ReleaseState): string {
  const named = facts?.artifacts.map(({ name, digest }) => `${name}@${digest ?? 'unknown'}`) ?? [];
  return named.length === 0 ? `commit ${sha}` : named.join(', ');
}

const share = (ratio: unknown): string => (typeof ratio === 'number' ? percent(ratio) : 'not known');

const percent = (ratio: number): string => `${Number((ratio * 100).toFixed(2))} %`;
const clock = (at: number): string => new Date(at).toISOString().slice(11, 16);
