import type { ReleasePlanFacts } from '../flow/event.ts';
import { inlineText } from '../gate/markdown.ts';
import type { ReleaseState } from '../release/state.ts';
import { kpiReportText } from './kpi-report.ts';
import { postable } from './safe-text.ts';

type Change = ReleasePlanFacts['changes'][number];

/** Kinds of conventional commits, in the order in which they are told. Everything else comes last. */
const groups = [
  { types: ['feat'], title: 'Features' },
  { types: ['fix'], title: 'Fixes' },
  { types: ['perf'], title: 'Performance' },
  { types: ['refactor', 'style'], title: 'Refactoring' },
  { types: ['docs'], title: 'Documentation' },
  { types: ['test', 'build', 'ci', 'chore', 'revert'], title: 'Maintenance' },
] as const;

const changeLimit = 400;

/** Release notes: version, risks, changes by kind, how to go back, who contributed. */
export function releaseNotes(state: ReleaseState): string {
  const { plan, tag } = state;
  if (plan === null) return postable(`# ${inlineText(tag)}\n`);
  const parsed = plan.changes.map(parseTitle);
  const sections = [
    `# ${inlineText(tag)}`,
    headline(state, plan, parsed),
    risks(plan, parsed),
    ...changeSections(parsed),
    rollbackSection(tag, plan),
    contributors(plan.changes),
    state.kpi === undefined ? '' : kpiReportText(state.kpi),
  ];
  return postable(`${sections.filter((section) => section !== '').join('\n\n')}\n`);
}

interface ParsedChange {
  readonly change: Change;
  readonly type: string;
  readonly scope: string | null;
  readonly breaking: boolean;
  readonly text: string;
}

/** `type(scope)!: text` (Conventional Commits 1.0.0); any other title is kept whole. */
function parseTitle(change: Change): ParsedChange {
  const match = /^([a-z]{1,20})(?:\(([^()]{1,60})\))?(!)?: +(\S.*)$/.exec(change.title);
  if (match === null) return { change, type: '', scope: null, breaking: false, text: change.title };
  const [, type = '', scope, bang, text = ''] = match;
  return { change, type, scope: scope ?? null, breaking: bang !== undefined, text };
}

function headline(state: ReleaseState, plan: ReleasePlanFacts, parsed: readonly ParsedChange[]): string {
  const from = plan.previous === null ? 'first release' : `after \`${inlineText(plan.previous.tag)}\``;
  const kind = semverChange(state.tag, plan.previous?.tag ?? null, parsed);
  return `${from}, ${plan.changes.length} change${plan.changes.length === 1 ? '' : 's'}. ${kind} Commit \`${plan.commit}\`.`;
}

/** Compares what the version number says with what the commits say (semver.org 2.0.0). */
function semverChange(tag: string, previous: string | null, parsed: readonly ParsedChange[]): string {
  const now = semver(tag);
  const before = previous === null ? null : semver(previous);
  if (now === null) return 'The tag is no semantic version.';
  if (before === null) return '';
  const told = now[0] > before[0] ? 'major' : now[1] > before[1] ? 'minor' : 'patch';
  const meant = parsed.some(({ breaking }) => breaking)
    ? 'major'
    : parsed.some(({ type }) => type === 'feat')
      ? 'minor'
      : 'patch';
  const rank = { patch: 0, minor: 1, major: 2 } as const;
  const stable = now[0] > 0;
  if (stable && rank[meant] > rank[told]) {
    return `Semantic version: **${told}**, although the changes suggest ${meant}.`;
  }
  return `Semantic version: ${told}.`;
}

function semver(tag: string): readonly [number, number, number] | null {
  const match = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-+].*)?$/.exec(tag);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function risks(plan: ReleasePlanFacts, parsed: readonly ParsedChange[]): string {
  const found = parsed
    .filter(({ breaking }) => breaking)
    .map((one) => `- Breaking: ${inlineText(one.text)}${reference(one.change)}`);
  if (plan.previous === null) found.push('- First release: there is no verified version to go back to.');
  if (plan.changes.length >= changeLimit) found.push(`- Large: at least ${changeLimit} changes.`);
  const lines = found.length === 0 ? ['- None found in the titles of the changes.'] : found;
  return ['## Risks', '', ...lines].join('\n');
}

function changeSections(parsed: readonly ParsedChange[]): readonly string[] {
  const known = new Set<string>(groups.flatMap(({ types }) => types));
  const others = { types: [] as readonly string[], title: 'Other changes' };
  return [...groups, others].map(({ types, title }) => {
    const mine = parsed.filter(({ type }) =>
      title === others.title ? !known.has(type) : (types as readonly string[]).includes(type),
    );
    if (mine.length === 0) return '';
    return [`## ${title}`, '', ...mine.slice(0, changeLimit).map(changeLine)].join('\n');
  });
}

function changeLine({ change, scope, breaking, text }: ParsedChange): string {
  const where = scope === null ? '' : `**${inlineText(scope)}:** `;
  return `- ${breaking ? '⚠️ ' : ''}${where}${inlineText(text)}${reference(change)}`;
}

function reference(change: Change): string {
  return change.pullRequest === null ? ` (${change.sha.slice(0, 7)})` : ` (#${change.pullRequest})`;
}

function rollbackSection(tag: string, plan: ReleasePlanFacts): string {
  const body =
    plan.previous === null
      ? 'There is no earlier verified version: a breach holds the release and calls the on-call.'
      : `Write \`/rollback <reason>\` in the tracking issue, or deploy \`${inlineText(plan.previous.tag)}\` (commit \`${plan.previous.commit}\`) with all traffic. A breach during the canary does this by itself.`;
  return [`## Rollback of ${inlineText(tag)}`, '', body].join('\n');
}

function contributors(changes: readonly Change[]): string {
  const names = [
    ...new Set(changes.map(({ author }) => author).filter((author) => author !== '')),
  ].toSorted();
  return names.length === 0 ? '' : ['## Contributors', '', names.map(inlineText).join(', ')].join('\n');
}
