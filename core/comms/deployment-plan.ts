import { isToldOf } from '../config/notify.ts';
import type { ReleaseConfig } from '../config/schema.ts';
import { ladderOf, productionEnvironments } from '../config/waves.ts';
import { inlineText } from '../gate/markdown.ts';
import { describeWindow } from '../release/calendar.ts';
import { type PreflightItem, preflight } from '../release/preflight.ts';
import type { ReleaseState } from '../release/state.ts';

/** The deployment plan that is posted before anything is deployed, and kept in the evidence. Markdown. */
export function deploymentPlan(state: ReleaseState): string {
  const { tag, plan } = state;
  if (plan === null) return '';
  const { canary, stage_environment, windows, on_call, runbook } = plan.config;
  const [primary = 'nobody named', secondary = 'nobody named'] = on_call;
  const back = plan.previous?.tag ?? null;
  const isOnly = productionEnvironments(plan.config).length === 1;
  const minutes = Math.round(canary.soak / 60_000);
  return [
    `## Deployment Plan — ${inlineText(tag)}`,
    '',
    '### Overview',
    `- **Target Environment:** ${productionEnvironments(plan.config).map(inlineText).join(', then ')}, after ${inlineText(stage_environment)}`,
    `- **Deploy Window:** ${windows.length === 0 ? 'at any time' : inlineText(windows.map(describeWindow).join('; '))}`,
    `- **Rollback Deadline:** ${hours(plan.config.observe_after_ga)} after GA`,
    '',
    '### Pre-Deployment Checklist',
    ...preflight(state).map(line),
    stakeholders(plan.config.notify, state.trackingIssue),
    '',
    '### Deployment Steps',
    `1. Deploy \`${inlineText(tag)}\` to ${inlineText(stage_environment)}`,
    ...ladderOf(plan.config).map(({ environment, weight }, index) => {
      const where = isOnly ? 'production' : inlineText(environment);
      return `${index + 2}. Give it ${weight} % of ${where} traffic`;
    }),
    '',
    '### Verification Steps',
    `1. Error rate below ${percent(canary.max_error_rate)} and no worse than ${canary.tolerated_ratio} × the running version`,
    `2. p95 at most ${canary.max_slowdown} × the running version's`,
    `3. At least ${canary.min_requests} requests and ${minutes} min at each step`,
    '',
    '### Rollback Steps',
    ...(back === null
      ? ['1. There is no verified version: fix forward']
      : [
          `1. Give all traffic to \`${inlineText(back)}\``,
          '2. Read the weights back',
          '3. Open an incident issue',
        ]),
    '',
    '### Escalation Contacts',
    `- Primary: ${inlineText(primary)}`,
    `- Secondary: ${inlineText(secondary)}`,
    ...(runbook === undefined ? [] : [`- Runbook: <${runbook}>`]),
  ].join('\n');
}

function line({ name, state, detail }: PreflightItem): string {
  const note = state === 'met' ? '' : ` (${notMet[state]})`;
  return `- [${state === 'met' ? 'x' : ' '}] ${name}: ${inlineText(detail)}${note}`;
}

const notMet: Readonly<Record<Exclude<PreflightItem['state'], 'met'>, string>> = {
  unmet: 'not met',
  unknown: 'not known',
  'not-asked': 'not asked',
};

/** Whoever is told of the start, beside those who follow the tracking issue. */
function stakeholders(targets: ReleaseConfig['notify'], issue: number | null): string {
  const told = targets
    .filter((target) => isToldOf(target, 'start'))
    .map(({ kind, name }) => `${kind} ${name}`);
  const where = issue === null ? 'the tracking issue' : `#${issue}`;
  return `- [x] Stakeholders notified: ${inlineText([where, ...told].join(', '))}`;
}

const percent = (ratio: number): string => `${Number((ratio * 100).toFixed(2))} %`;
const hours = (ms: number): string => `${Number((ms / 3_600_000).toFixed(1))} h`;
