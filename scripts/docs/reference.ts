import { join } from 'node:path';
import type { CliCommand } from '../../cli/command.ts';
import { commands } from '../../cli/registry.ts';
import { configSchema } from '../../core/config/schema.ts';
import { root } from '../actions/bundle.ts';
import { cell, optionsTable } from './options-table.ts';
import type { Section } from './section.ts';

/** The pages that say everything: every key of the config, every command of the program. */
export async function referenceSections(): Promise<readonly Section[]> {
  const loaded = await Promise.all(commands.map(async ({ name, load }) => commandText(name, await load())));
  return [
    { file: join(root, 'docs/config.md'), name: 'keys', text: optionsTable(configSchema) },
    { file: join(root, 'docs/cli.md'), name: 'commands', text: loaded.join('\n') },
  ];
}

function commandText(name: string, { usage, description, options, examples }: CliCommand): string {
  const rows = Object.entries(options).map(([key, { value, short, help, many }]) => {
    const option = `--${key}${value === undefined ? '' : ` ${value}`}`;
    const spelled = short === undefined ? option : `-${short}, ${option}`;
    return `| \`${cell(spelled)}\` | ${cell(help)}${many === true ? ' (may be repeated)' : ''} |`;
  });
  return [
    `## ${name}`,
    '',
    `\`release-conductor ${[name, usage].filter(Boolean).join(' ')}\``,
    '',
    description,
    ...(rows.length === 0 ? [] : ['', '| option | meaning |', '|---|---|', ...rows]),
    '',
    '```sh',
    ...examples.map(([command, meaning]) => `release-conductor ${command}  # ${meaning}`),
    '```',
    '',
  ].join('\n');
}
