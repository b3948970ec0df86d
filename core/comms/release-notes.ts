import type { NotesConfig } from '../config/notes.ts';
import type { ReleasePlanFacts } from '../flow/event.ts';
import { codeSpan, inlineText, shortInlineText } from '../gate/markdown.ts';
import { checkNameOf, gateNames } from '../gate/names.ts';
import { type ReleaseChange, textOf } from '../notes/change.ts';
import { withoutReverted } from '../notes/reverts.ts';
import type { GateRisk } from '../notes/risks.ts';
import { judgeVersion, type VersionJudgement } from '../notes/version.ts';
import type { ReleaseState } from '../release/state.ts';
import { changeSections, changeText, reference } from './change-list.ts';
import { kpiReportText } from './kpi-report.ts';
import { postable } from './safe-text.ts';

/** A release with this many changes is a risk by itself. */
const largeRelease = 100;

/** Release notes: version, risks, what breaks, changes by kind, how to go back, who contributed. Markdown. */
export function releaseNotes(state: ReleaseState): string {
  const { plan, tag } = state;
  if (plan === null) return postable(`# ${inlineText(tag)}\n`);
  const { kept, cancelled } = withoutReverted(once(plan.changes));
  const version = judgeVersion(tag, plan.previous?.tag ?? null, kept, plan.config.notes);
  const sections = [
    `# ${inlineText(tag)}`,
    headline(plan, kept.length, cancelled.length, version),
    risks(state, plan, kept, version),
    breakingSection(kept),
    ...changeSections(kept.filter((change) => !isLeftOut(change, plan.config.notes))),
    rollbackSection(tag, plan),
    contributors(plan.changes),
    state.kpi === undefined ? '' : kpiReportText(state.kpi),
  ];
  return postable(`${sections.filter((section) => section !== '').join('\n\n')}\n`);
}

/** What the tag says against what the changes ask for. */
export function versionOf({ tag, plan }: ReleaseState): VersionJudgement | null {
  if (plan === null) return null;
  const { kept } = withoutReverted(once(plan.changes));
  return judgeVersion(tag, plan.previous?.tag ?? null, kept, plan.config.notes);
}

/** A merged pull request and its only commit say the same: told once, as the pull request. Merges of branches say nothing. */
function once(changes: readonly ReleaseChange[]): readonly ReleaseChange[] {
  const keyOf = (change: ReleaseChange): string =>
    `${change.type ?? ''}|${change.scope ?? ''}|${textOf(change).replace(/\s*\(#\d+\)\s*$/, '')}`;
  const merged = new Set(changes.filter(({ pullRequest }) => pullRequest !== null).map(keyOf));
  return changes
    .filter(({ title }) => !/^Merge (?:remote-tracking )?branch\b/.test(title))
    .filter((change) => change.pullRequest !== null || !merged.has(keyOf(change)));
}

function isLeftOut(change: ReleaseChange, { labels }: NotesConfig): boolean {
  return change.labels?.some((label) => labels.skip.includes(label)) ?? false;
}

function headline(
  plan: ReleasePlanFacts,
  count: number,
  cancelled: number,
  { told, asked, problem }: VersionJudgement,
): string {
  const from = plan.previous === null ? 'First release' : `After ${codeSpan(plan.previous.tag)}`;
  const gone = cancelled === 0 ? '' : `, ${cancelled} more cancel each other`;
  const version =
    problem !== null || told === null
      ? ''
      : ` Semantic version: **${told}**${asked === told || asked === 'none' ? '' : ` (the changes ask for ${asked})`}.`;
  return `${from}, ${count} change${count === 1 ? '' : 's'}${gone}.${version} Commit \`${plan.commit}\`.`;
}

function risks(
  state: ReleaseState,
  plan: ReleasePlanFacts,
  kept: readonly ReleaseChange[],
  { problem }: VersionJudgement,
): string {
  const breaking = kept.filter((change) => change.breaking !== undefined);
  const found = [
    ...(problem === null ? [] : [`- Version: \`${problem.code}\` ${inlineText(problem.message)}.`]),
    ...breaking.map((change) => `- Breaking: ${changeText(change)}${reference(change)}`),
    ...seen(state, 'migrations', 'Migration'),
    ...seen(state, 'vulnerability', 'New vulnerability'),
    ...state.overrides.map(
      ({ gate, by, reason, until }) =>
        `- Overridden: \`${checkNameOf[gate]}\` by ${inlineText(by)} until ${new Date(until).toISOString()}: ${inlineText(reason)}`,
    ),
    ...seen(state, 'warning', 'Warning'),
    ...(plan.previous === null ? ['- First release: there is no verified version to go back to.'] : []),
    ...(plan.changes.length >= largeRelease ? [`- Large: ${plan.changes.length} changes or more.`] : []),
  ];
  const lines = found.length === 0 ? [`- None found${unjudged(state)}.`] : found;
  return ['## Risks', '', ...lines].join('\n');
}

function seen(state: ReleaseState, kind: GateRisk['kind'], name: string): readonly string[] {
  return gateNames
    .flatMap((gate) => state.gates[gate]?.risks ?? [])
    .filter((risk) => risk.kind === kind)
    .map(({ text }) => `- ${name}: ${shortInlineText(text, 400)}`);
}

/** Nothing was found, but not everything has looked yet. */
function unjudged({ plan, gates }: ReleaseState): string {
  const open = (plan?.config.required_gates ?? []).filter((gate) => gates[gate] === undefined);
  return open.length === 0
    ? ''
    : `; not looked at yet by ${open.map((gate) => `\`${checkNameOf[gate]}\``).join(', ')}`;
}

/** What whoever uses it has to do, in the words of the changes. */
function breakingSection(kept: readonly ReleaseChange[]): string {
  const lines = kept
    .filter(({ breaking }) => breaking !== undefined)
    .map((change) => {
      const notes = change.breaking ?? [];
      const what = notes.length === 0 ? '' : `: ${notes.map(inlineText).join(' ')}`;
      return `- ${changeText(change)}${reference(change)}${what}`;
    });
  return lines.length === 0 ? '' : ['## Breaking changes', '', ...lines].join('\n');
}

function rollbackSection(tag: string, plan: ReleasePlanFacts): string {
  const body =
    plan.previous === null
      ? 'There is no earlier verified version: a breach holds the release and calls the on-call.'
      : `Write \`/rollback <reason>\` in the tracking issue, or deploy ${codeSpan(plan.previous.tag)} (commit \`${plan.previous.commit}\`) with all traffic. A breach during the canary does this by itself.`;
  return [`## Rollback of ${inlineText(tag)}`, '', body].join('\n');
}

function contributors(changes: readonly ReleaseChange[]): string {
  const names = [
    ...new Set(changes.map(({ author }) => author).filter((author) => author !== '')),
  ].toSorted();
  return names.length === 0 ? '' : ['## Contributors', '', names.map(inlineText).join(', ')].join('\n');
}
