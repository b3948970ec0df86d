import { once } from 'node:events';
import { ConductorError, InputError } from '../core/errors.ts';
import { suggest } from '../core/gate/suggest.ts';
import type { CliEntry, CliWorld } from './command.ts';
import { renderHelp, renderOverview } from './help.ts';
import { parseInput } from './parse.ts';
import { commands } from './registry.ts';
import { version } from './version.ts';

/** Runs one command line and answers with its exit status. Never throws. */
export async function main(argv: readonly string[], world: CliWorld = processWorld()): Promise<number> {
  try {
    return await dispatch(argv, world);
  } catch (error) {
    return explain(error, world);
  }
}

async function dispatch(argv: readonly string[], world: CliWorld): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = name === 'help' ? rest[0] : undefined;
    world.print(topic === undefined ? renderOverview(commands, version) : await helpOf(find(topic)));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    world.print(version);
    return 0;
  }
  const entry = find(name);
  const command = await entry.load();
  const input = parseInput(entry.name, command, rest);
  if (input.flag('help')) {
    world.print(renderHelp(entry.name, command));
    return 0;
  }
  return command.run(input, world);
}

async function helpOf(entry: CliEntry): Promise<string> {
  return renderHelp(entry.name, await entry.load());
}

function find(name: string): CliEntry {
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const names = commands.map((candidate) => candidate.name);
  const meant = suggest(name, names);
  throw new InputError(
    'USAGE',
    `unknown command ${JSON.stringify(name.slice(0, 64))}`,
    meant === null ? `commands: ${names.join(', ')}` : `did you mean ${meant}?`,
  );
}

/** One or two lines for what a person can change; a stack trace only for a defect of ours. */
function explain(error: unknown, world: CliWorld): number {
  if (error instanceof ConductorError && error.exitStatus !== 70) {
    world.note(`error: ${error.message} [${error.code}]`);
    world.note(error.help);
    return error.exitStatus;
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  world.note(`defect: ${words}`);
  world.note('This is a mistake of Release Conductor. Please report it with the lines above:');
  world.note('https://github.com/release-conductor/release-conductor/issues');
  return 70;
}

function processWorld(): CliWorld {
  // A reader that goes away (`| head`) is no defect.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    cwd: process.cwd(),
    env: process.env,
    fetch,
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    untilStopped: async () => {
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    },
  };
}
