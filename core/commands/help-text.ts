import type { Place } from './command.ts';
import type { CommandDefinition, DefaultPermission } from './definition.ts';
import type { CommandName } from './names.ts';
import { commandRegistry, definitionOf } from './registry.ts';

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

/** A page of docs with the table of now between its marks. */
export function withCommandTable(page: string): string {
  const table = commandTable().join('\n');
  return page.replace(
    /(<!-- commands:[^\n]*-->\n)[\s\S]*?(<!-- \/commands -->)/,
    (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`,
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
