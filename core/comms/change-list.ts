import { inlineText } from '../gate/markdown.ts';
import { type ReleaseChange, textOf } from '../notes/change.ts';

/** Kinds of conventional commits, in the order in which they are told. Everything else comes last. */
const groups = [
  { types: ['feat'], title: 'Features' },
  { types: ['fix'], title: 'Fixes' },
  { types: ['perf'], title: 'Performance' },
  { types: ['refactor', 'style'], title: 'Refactoring' },
  { types: ['docs'], title: 'Documentation' },
  { types: ['revert'], title: 'Reverts' },
  { types: ['test', 'build', 'ci', 'chore', 'deps'], title: 'Maintenance' },
] as const;
const others = 'Other changes';

/** Heading under which a change is told. */
export function groupOf({ type, reverts }: ReleaseChange): string {
  if (reverts !== undefined) return 'Reverts';
  return groups.find(({ types }) => (types as readonly string[]).includes(type ?? ''))?.title ?? others;
}

/** One section a group, in their order. Markdown. */
export function changeSections(changes: readonly ReleaseChange[]): readonly string[] {
  const titles = [...groups.map(({ title }) => title), others];
  return titles.flatMap((title) => {
    const mine = changes.filter((change) => groupOf(change) === title);
    return mine.length === 0 ? [] : [[`## ${title}`, '', ...mine.map(changeLine)].join('\n')];
  });
}

export function changeLine(change: ReleaseChange): string {
  return `- ${change.breaking === undefined ? '' : '⚠️ '}${changeText(change)}${reference(change)}`;
}

/** What changed, with its scope. A type that is nobody's stays in the text. */
export function changeText(change: ReleaseChange): string {
  const known = groupOf(change) !== others || change.type === undefined;
  const where = change.scope === undefined || !known ? '' : `**${inlineText(change.scope)}:** `;
  return `${where}${inlineText(known ? textOf(change) : change.title.replace(/\s*\(#\d+\)\s*$/, ''))}`;
}

export function reference({ pullRequest, sha }: ReleaseChange): string {
  return pullRequest === null ? ` (${sha.slice(0, 7)})` : ` (#${pullRequest})`;
}
