import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { root } from '../actions/bundle.ts';

/** A part of a page that is made from the code, between `<!-- name -->` and `<!-- /name -->`. */
export interface Section {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

/** Writes every generated part into its page. With `check` nothing is written; returns the files that differ. */
export async function updateSections(sections: readonly Section[], check: boolean): Promise<string[]> {
  const stale: string[] = [];
  for (const [file, parts] of Map.groupBy(sections, ({ file }) => file)) {
    const before = await readFile(file, 'utf8').catch(() => null);
    if (before === null) {
      stale.push(`${relative(root, file)}: missing`);
      continue;
    }
    const homeless = parts.filter(({ name }) => !hasPlace(before, name));
    stale.push(
      ...homeless.map(
        ({ name }) => `${relative(root, file)}: has no place <!-- ${name} --> … <!-- /${name} -->`,
      ),
    );
    const after = parts.filter(({ name }) => hasPlace(before, name)).reduce(replaceSection, before);
    if (after === before) continue;
    if (check) stale.push(`${relative(root, file)}: its tables are not what the code says`);
    else await writeFile(file, after);
  }
  return stale;
}

const marks = (name: string): readonly [string, string] => [`<!-- ${name} -->`, `<!-- /${name} -->`];

function hasPlace(text: string, name: string): boolean {
  const [open, close] = marks(name);
  return text.includes(open) && text.indexOf(close) > text.indexOf(open);
}

function replaceSection(text: string, { name, text: content }: Section): string {
  const [open, close] = marks(name);
  const start = text.indexOf(open) + open.length;
  return `${text.slice(0, start)}\n${content}\n${text.slice(text.indexOf(close))}`;
}
