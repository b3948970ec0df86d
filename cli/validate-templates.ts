import {
  templateFolder,
  templatePaths,
  templatePlaces,
  templateProblem,
} from '../core/comms/announcement.ts';
import type { ConfigProblem } from '../core/config/problem.ts';
import { suggest } from '../core/gate/suggest.ts';
import type { FileTree } from '../core/ports/system.ts';

const decoder = new TextDecoder();

/** Every problem of the repository's own words for announcements: what cannot be rendered, and what nobody posts. */
export async function templateProblems(files: FileTree): Promise<readonly ConfigProblem[]> {
  const present = await files.list([`${templateFolder}/**`]);
  const problems = await Promise.all(
    present.map(async (file): Promise<readonly ConfigProblem[]> => {
      if (!templatePaths.includes(file)) return [unknownTemplate(file)];
      const found = templateProblem(decoder.decode((await files.read(file)) ?? new Uint8Array()));
      if (found === null) return [];
      const places = Object.keys(templatePlaces).map((place) => `{{${place}}}`);
      const help = `Correct it; the places are ${places.join(', ')}. Until then the default words are used`;
      return [{ rule: 'template', file, path: '', ...found, help }];
    }),
  );
  return problems.flat();
}

function unknownTemplate(file: string): ConfigProblem {
  const meant = suggest(file, templatePaths);
  const help = `${meant === null ? 'Remove it' : `Did you mean ${meant}`}; known are ${templatePaths.join(', ')}`;
  const message = 'no announcement has this name, so nobody would post it';
  return { rule: 'template', file, line: 1, column: 1, path: '', message, help };
}
