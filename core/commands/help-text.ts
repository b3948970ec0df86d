import type { Place } from './command.ts';
import type { CommandDefinition, DefaultPermission } from './definition.ts';
import type { CommandName } from './names.ts';
import { commandRegistry, definitionOf } from './registry.ts';
import { reasonTable } from './remedy.ts';

/** What `/help` posts. Never begins a line with a slash: a reply must not read as a command. */
export function helpText(place: Place): string {
  return [
    'A command stands alone at the beginning of a comment.',
    '',
    ...commandTable(commandRegistry.filter(({ places }) => places.includes(place))),
    '',
    'Every command takes `--dry-run` (says what would happen, and does nothing), `--help`, and `reason="…"`.',
  ].join('\n');
}

/** What `/help promote` and `/promote --help` post. */
export function commandHelp(name: CommandName): string {
  const { usage, summary, details, examples, places, permission } = definitionOf(name);
  return [
    `**\`${usage}\`**`,
    '',
    `${summary}. ${details}`,
    '',
    `- Where: ${places.map((place) => placeText[place]).join(', ')}`,
    `- Who: ${permissionText(permission)}, unless the config names others; \`/whocan ${name}\` says it for here`,
    `- For example: ${examples.map((example) => `\`${example}\``).join(' · ')}`,
  ].join('\n');
}

/** The table of the docs and of `/help`. */
export function commandTable(definitions: readonly CommandDefinition[] = commandRegistry): readonly string[] {
  const rows = definitions.map(
    ({ usage, summary, places, permission }) =>
      `| \`${usage.replaceAll('|', '\\|')}\` | ${summary} | ${places.map((place) => placeText[place]).join(', ')} | ${permissionText(permission)} |`,
  );
  return ['| command | what it does | where | who, by default |', '|---|---|---|---|', ...rows];
}

/** A page of docs with the tables of now between their marks: of the commands, and of the codes of their answers. */
export function withCommandTables(page: string): string {
  return between(between(page, 'commands', commandTable()), 'reasons', reasonTable());
}

function between(page: string, mark: string, table: readonly string[]): string {
  const marked = new RegExp(`(<!-- ${mark}:[^\\n]*-->\\n)[\\s\\S]*?(<!-- /${mark} -->)`);
  return page.replace(
    marked,
    (_all, begin: string, end: string) => `${begin}\n${table.join('\n')}\n\n${end}`,
  );
}

const placeText: Readonly<Record<Place, string>> = {
  release: 'release issue',
  'pull request': 'pull request',
};

function permissionText(permission: DefaultPermission): string {
  if (typeof permission === 'string') return `\`release.permissions.${permission}\``;
  return permission.roles.length === 0 ? 'everybody' : `role ${permission.roles.join(', ')}`;
}
