import { checkNameOf, type GateName, gateNames } from '../gate/names.ts';
import { suggest } from '../gate/suggest.ts';
import { type CommandName, commandNames } from './names.ts';

/** A gate by its own name or by the name of its check; null when there is none. */
export function gateCalled(word: string): GateName | null {
  return gateNames.find((gate) => gate === word || checkNameOf[gate] === word) ?? null;
}

/** A command by its name, with or without the slash. */
export function commandCalled(word: string): CommandName | null {
  const name = word.replace(/^\//, '');
  return commandNames.find((candidate) => candidate === name) ?? null;
}

export function notACommand(word: string): string {
  const meant = suggest(word.replace(/^\//, ''), commandNames);
  return meant === null
    ? 'expected the name of one command'
    : `expected the name of one command; did you mean \`${meant}\`?`;
}
