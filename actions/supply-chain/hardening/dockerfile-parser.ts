import { DockerfileParser, type Instruction as Parsed } from 'dockerfile-ast';
import type { Instruction } from './instruction.ts';

/** The instructions of a Dockerfile: continuations joined, comments and here-documents understood. */
export function parseDockerfile(text: string): Instruction[] {
  return DockerfileParser.parse(text)
    .getInstructions()
    .map((one) => ({
      word: one.getKeyword().toUpperCase(),
      text: [...flagsOf(one), one.getArgumentsContent() ?? ''].join(' ').trim(),
      line: (one.getRange()?.start.line ?? 0) + 1,
    }));
}

/** The parser keeps `--from=…` and the like apart from the arguments. */
function flagsOf(one: Parsed): string[] {
  const { getFlags } = one as { getFlags?: () => readonly { toString(): string }[] };
  return getFlags === undefined ? [] : getFlags.call(one).map(String);
}
