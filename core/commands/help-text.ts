import { commandRegistry } from './registry.ts';

/** The table that `/help` posts. Never begins a line with a slash: a reply must not read as a command. */
export function helpText(): string {
  const rows = commandRegistry.map(
    ({ usage, summary, permission }) =>
      `| \`${usage.replaceAll('|', '\\|')}\` | ${summary} | ${permission} |`,
  );
  return [
    'A command stands alone at the beginning of a comment.',
    '',
    '| command | what it does | permission |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}
