import { open } from 'node:fs/promises';
import type { CliWorld } from '../../command.ts';
import { openNamedFile } from '../../files.ts';

/** The lines of a log of any length, without their breaks; the last one may lack its own. */
export async function* logLines(world: CliWorld, path: string): AsyncGenerator<string> {
  const file = await openNamedFile(world, path, (place) => open(place));
  let rest = '';
  for await (const chunk of file.createReadStream({ encoding: 'utf8', highWaterMark: 1_048_576 })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
