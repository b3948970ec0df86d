import { flagsLine } from '../comms/flags.ts';
import { postable } from '../comms/safe-text.ts';
import { verdictTable } from '../comms/verdict-table.ts';
import { ladderOf, productionEnvironments } from '../config/waves.ts';
import { flagNames } from '../flags/model.ts';
import { cellText, codeSpan, inlineText } from '../gate/markdown.ts';
import { blockedBy } from './blocked.ts';
import { nextText } from './next-text.ts';
import { hasTraffic, type Phase, phaseText } from './phase.ts';
import { preflight, preflightObstacles } from './preflight.ts';
import type { ReleaseState } from './state.ts';
import { soakLeft, stepText, trafficOf } from './steps.ts';
import { waitingRows } from './waiting-rows.ts';

/**
 * The live status: first post of the tracking issue. `core` is the part that is news when it changes; numbers
 * that change with every tick are only in `body`.
 */
export function renderStatus(
  state: ReleaseState,
  now: number,
): { readonly core: string; readonly body: string } {
  const head = [
    `## ${sign[state.phase]} Release ${codeSpan(state.tag)}: ${headline(state)}`,
    '',
    ...factsTable(state, now),
  ];
  const steps = stepsTable(state);
  const gates = state.plan === null ? [] : ['', verdictTable(state.plan.config.required_gates, state.gates)];
  const checks = preflightTable(state);
  const problems = state.problems.map((problem) => `- ${inlineText(problem)}`);
  const timeline = state.timeline.map(({ at, text }) => `| ${clock(at)} | ${text.replaceAll('|', '\\|')} |`);
  const next = `**Next:** ${nextText(state, now, false)}`;
  const core = [...head, next, ...steps, ...gates, ...checks, ...timeline].join('\n');
  const body = [
    ...head,
    '',
    `**Next:** ${nextText(state, now, true)}`,
    ...(problems.length === 0 ? [] : ['', ...problems]),
    ...steps,
    ...measured(state, now),
    ...gates,
    ...checks,
    '',
    '<details><summary>Timeline</summary>',
    '',
    '| time (UTC) | what |',
    '|---|---|',
    ...timeline,
    '',
    '</details>',
  ].join('\n');
  return { core, body: postable(body) };
}

const sign: Readonly<Record<Phase, string>> = {
  new: '⏳',
  planning: '⏳',
  ignored: '➖',
  rejected: '❌',
  queued: '⏳',
  gating: '⏳',
  staging: '🚚',
  verifying: '🔬',
  stage_verified: '🟢',
  shifting: '🚚',
  soaking: '🐤',
  finishing: '📦',
  observing: '🎉',
  closed: '🏁',
  rolling_back: '↩️',
  rollback_failed: '🚨',
  rolled_back: '↩️',
  halted: '⛔',
  superseded: '⏭️',
};

function headline(state: ReleaseState): string {
  const where = phaseText[state.phase];
  if (state.hold !== null) return `${where}, ⏸️ held`;
  return blockedBy(state).length > 0 ? `${where}, 🚧 blocked` : where;
}

function factsTable(state: ReleaseState, now: number): readonly string[] {
  const { plan, hold, incidentIssue, publishedUrl } = state;
  const rows: (readonly [string, string])[] = [
    ['commit', codeSpan(state.sha)],
    ...serviceRow(plan),
    ['previous version', plan === null ? '…' : plan.previous === null ? 'none' : codeSpan(plan.previous.tag)],
    ['production traffic', trafficCell(state)],
  ];
  if (hold !== null)
    rows.push(['held', `\`${hold.code}\` by ${cellText(hold.by)}: ${cellText(hold.reason)}`]);
  const blocked = blockedBy(state);
  if (blocked.length > 0) rows.push(['blocked', blocked.map(cellText).join('; ')]);
  rows.push(...waitingRows(state, now));
  if (state.flags !== undefined) {
    rows.push(['flags', flagsLine(flagNames(plan?.config.ga_flags ?? [], state.flags), state.flags)]);
  }
  if (incidentIssue !== null) rows.push(['incident', `#${incidentIssue}`]);
  if (publishedUrl !== null && publishedUrl !== '') rows.push(['published', `<${publishedUrl}>`]);
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
}

/** `**50 %**`, or where there are several production environments `eu **100 %**, us **50 %**`. */
function trafficCell(state: ReleaseState): string {
  const mark = hasTraffic(state.phase) || state.weight > 0 ? '**' : '';
  const traffic = trafficOf(state);
  if (traffic.length <= 1) return `${mark}${state.weight} %${mark}`;
  return traffic
    .map(({ environment, weight }) => `${cellText(environment)} ${mark}${weight} %${mark}`)
    .join(', ');
}

/** What is verified before the deployment, each clause with its state; open while it holds the release up. */
function preflightTable(state: ReleaseState): readonly string[] {
  if (state.preflight === null) return [];
  const mark = { met: '✅', unmet: '❌', unknown: '❔', 'not-asked': '➖' } as const;
  const rows = preflight(state).map(
    ({ name, state: found, detail, required }) =>
      `| ${mark[found]} ${name}${required ? '' : ' (not required)'} | ${cellText(detail)} |`,
  );
  const open = preflightObstacles(state).length > 0 && state.phase === 'gating' ? ' open' : '';
  const head = ['| clause | found |', '|---|---|'];
  return [
    '',
    `<details${open}><summary>Before the deployment</summary>`,
    '',
    ...head,
    ...rows,
    '',
    '</details>',
  ];
}

/** Only in a repository with several services it needs saying which. */
function serviceRow(plan: ReleaseState['plan']): readonly (readonly [string, string])[] {
  if (plan?.service === undefined) return [];
  return [
    [
      'service',
      `${codeSpan(plan.service)} in ${productionEnvironments(plan.config).map(codeSpan).join(', ')}`,
    ],
  ];
}

function stepsTable(state: ReleaseState): readonly string[] {
  const { plan, stageVerifiedBy } = state;
  if (plan === null) return [];
  const mark = (step: number): string => (state.step > step ? '✅' : state.step === step ? '▶️' : '·');
  const stage = stageVerifiedBy === null ? mark(0) : `✅ by ${stageVerifiedBy}`;
  const cells = ladderOf(plan.config).map((_rung, index) =>
    state.publishedUrl !== null && state.failure === null ? '✅' : mark(index + 1),
  );
  const titles = ladderOf(plan.config).map((_rung, index) => stepText(plan, index + 1));
  return [
    '',
    `| stage | ${titles.join(' | ')} |`,
    `|---|${titles.map(() => '---').join('|')}|`,
    `| ${stage} | ${cells.join(' | ')} |`,
  ];
}

function measured(state: ReleaseState, now: number): readonly string[] {
  const { measuring } = state;
  if (measuring === null) return [];
  const value = (name: string): number => measuring.values[name] ?? 0;
  const percent = (name: string): string => `${Number((value(name) * 100).toFixed(2))} %`;
  const soak = Math.ceil(soakLeft(state, now) / 1_000);
  return [
    '',
    '| | requests | errors | slow |',
    '|---|---|---|---|',
    `| canary | ${value('canary_requests')} | ${percent('canary_error_rate')} | ${percent('canary_slow_rate')} |`,
    `| baseline | ${value('baseline_requests')} | ${percent('baseline_error_rate')} | ${percent('baseline_slow_rate')} |`,
    '',
    `Judge: **${measuring.verdict}**, ${soak === 0 ? 'soaked' : `${soak} s to soak`}; as of ${clock(now)} UTC.`,
  ];
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
