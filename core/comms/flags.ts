import type { FlagChange, FlagEffect, FlagOrder, FlagPurpose, FlagsState } from '../flags/model.ts';
import { shareOf } from '../flags/model.ts';
import { cellText, codeSpan, inlineText } from '../gate/markdown.ts';

const purposeText: Readonly<Record<FlagPurpose, string>> = {
  ramp: 'ramped with the canary',
  ga: 'flipped for GA',
  rollback: 'given back by the rollback',
  kill: 'killed',
  restore: 'restored',
};

/** First line of a commit, title of a pull request. */
export function flipText({
  changes,
  release,
  purpose,
}: Pick<Extract<FlagEffect, { kind: 'setFlags' }>, 'changes' | 'release' | 'purpose'>): string {
  return `Flags of ${release} (${purpose}): ${changes.map(changeText).join(', ')}`.slice(0, 250);
}

function changeText({ flag, to }: FlagChange): string {
  const percent = shareOf(to);
  if (to.kind === 'former') return `${flag} as before`;
  return `${flag} ${percent} %`;
}

/** The comment after flags were changed. Markdown. */
export function flagsChangedText(
  order: FlagOrder,
  changes: readonly FlagChange[],
  reference: string | null,
): string {
  const list = changes.map(
    ({ flag, to }) =>
      `${codeSpan(flag)} ${to.kind === 'former' ? 'as it was before' : `to ${to.percent} % of users`}`,
  );
  const by = order.by === 'conductor' ? '' : ` by ${inlineText(order.by)}`;
  const why = order.reason === '' ? '' : `: ${inlineText(order.reason)}`;
  const where = reference === null ? '' : ` (${inlineText(reference)})`;
  return `🚩 Flags ${purposeText[order.purpose]}${by}${why}: ${list.join(', ')}${where}.`;
}

/** A flip ended half way, and everything is as it was before it. Markdown. */
export function flagsUndoneText(order: FlagOrder, flags: readonly string[], failure: string): string {
  return `⚠️ \`FLAGS_UNDONE\`: the flags could not all be ${purposeText[order.purpose]}: ${inlineText(failure)}. All of them were given back their former state: ${flags.map(codeSpan).join(', ')}.`;
}

/** Flags that somebody killed stay off. Markdown. */
export function flagsSkippedText(skipped: readonly (readonly [flag: string, killed: string])[]): string {
  const list = skipped.map(([flag, killed]) => `${codeSpan(flag)} (${inlineText(killed)})`);
  return `🚩 \`FLAG_KILLED\`: left off, because somebody killed them: ${list.join(', ')}. \`/flags restore <name>\` ends it.`;
}

/** Flags that more users have than the canary would give them. Markdown. */
export function flagsAheadText(flags: readonly string[]): string {
  return `🚩 Left as they are, because more users have them already than the canary has traffic: ${flags.map(codeSpan).join(', ')}.`;
}

/** What `/flags` answers. Markdown. */
export function flagsTable(names: readonly string[], flags: FlagsState): string {
  if (names.length === 0) return 'No flags are named in `release.ga_flags`.';
  const rows = names.map((flag) => `| ${codeSpan(flag)} | ${cellText(standingOf(flag, flags))} |`);
  return ['| flag | state |', '|---|---|', ...rows].join('\n');
}

/** One line for the status. */
export function flagsLine(names: readonly string[], flags: FlagsState): string {
  return names.map((flag) => `${codeSpan(flag)} ${cellText(standingOf(flag, flags))}`).join(', ');
}

function standingOf(flag: string, { operation, shares, killed }: FlagsState): string {
  const under = operation?.flags.includes(flag) === true ? `, ${operation.purpose} under way` : '';
  const by = killed[flag];
  if (by !== undefined) return `killed by ${by}${under}`;
  if (!Object.hasOwn(shares, flag)) return `untouched by this release${under}`;
  const share = shares[flag] ?? null;
  return `${share === null ? 'as before' : `${share} % of users`}${under}`;
}
