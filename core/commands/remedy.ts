import { type Reason, reasonGroups } from './reasons.ts';

const reasons: ReadonlyMap<string, Reason> = new Map(
  Object.values(reasonGroups).flatMap((group) => Object.entries(group)),
);

/** How to proceed after that code; null: it is none of ours, and its message has to do. */
export function remedyOf(code: string): string | null {
  return reasons.get(code)?.remedy ?? null;
}

/** The table of the docs. */
export function reasonTable(): readonly string[] {
  const rows = Object.entries(reasonGroups).flatMap(([title, group]) => [
    `| **${title}** | | |`,
    ...Object.entries(group).map(([code, { means, remedy }]) => `| \`${code}\` | ${means} | ${remedy} |`),
  ]);
  return ['| code | it means | what to do |', '|---|---|---|', ...rows];
}
