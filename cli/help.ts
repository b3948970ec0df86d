import type { CliCommand, CliEntry } from './command.ts';

/** The overview: every command with its one line. */
export function renderOverview(entries: readonly CliEntry[], version: string): string {
  return [
    `release-conductor ${version}: gates every change, conducts a release, leaves signed evidence.`,
    '',
    'Usage: release-conductor <command> [options]',
    '',
    ...table(entries.map(({ name, summary }) => [name, summary])),
    '',
    'release-conductor <command> --help shows options and examples.',
    'Exit status: 0 done · 1 no · 2 usage, config or input · 3 a provider did not answer · 70 a defect of ours.',
  ].join('\n');
}

/** The help of one command. */
export function renderHelp(name: string, { usage, description, options, examples }: CliCommand): string {
  const rows = Object.entries(options).map(([key, { value, short, help }]): [string, string] => [
    `${short === undefined ? '' : `-${short}, `}--${key}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  return [
    `Usage: release-conductor ${[name, usage].filter(Boolean).join(' ')}`,
    '',
    description,
    '',
    'Options:',
    ...table([...rows, ['-h, --help', 'show this help']]),
    '',
    'Examples:',
    ...examples.flatMap(([command, meaning]) => [`  release-conductor ${command}`, `      ${meaning}`]),
  ].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
