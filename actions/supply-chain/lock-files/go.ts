import { type LockFileRead, type LockSource, lockedPackage } from './model.ts';

interface Replacement {
  readonly from: string;
  readonly of: string | null;
  /** Null: a folder of the repository. */
  readonly by: { readonly module: string; readonly version: string } | null;
}

/**
 * Parses `go.mod` (Go modules reference), which names every module since Go 1.17, `// indirect` ones too; of `go.sum` only
 * digests are known. Modules that only tests need are not told apart.
 */
export async function parseGoMod({ path, text }: LockSource): Promise<LockFileRead> {
  const lines = directives(text);
  const module = lines.find(({ verb }) => verb === 'module')?.words[0];
  if (module === undefined) return { ok: false, path, problem: 'it names no module' };
  const replacements = lines
    .filter(({ verb }) => verb === 'replace')
    .flatMap(({ words }) => replacementOf(words));
  const required = lines.filter(({ verb }) => verb === 'require');
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'golang',
      inexact: true,
      rootName: module,
      rootVersion: '',
      rootLicense: null,
      packages: required.flatMap(({ words: [name = '', version = ''] }) => {
        const replaced = replacements.find(
          ({ from, of }) => from === name && (of === null || of === version),
        );
        if (replaced?.by === null) return [];
        const { module: used, version: at } = replaced?.by ?? { module: name, version };
        return [lockedPackage('golang', used, at)];
      }),
    },
  };
}

/** `verb words`, also inside `verb ( … )`. */
function directives(text: string): { readonly verb: string; readonly words: readonly string[] }[] {
  let block: string | null = null;
  return text.split('\n').flatMap((line) => {
    const words = line
      .replace(/\/\/.*$/, '')
      .trim()
      .split(/\s+/)
      .map(unquoted)
      .filter(Boolean);
    if (words.length === 0) return [];
    if (block !== null) {
      if (words[0] === ')') block = null;
      return block === null ? [] : [{ verb: block, words }];
    }
    const [verb = '', ...rest] = words;
    if (rest[0] === '(') block = verb;
    return block === null ? [{ verb, words: rest }] : [];
  });
}

function unquoted(word: string): string {
  return word.replace(/^(["`])(.*)\1$/, '$2');
}

/** `old [version] => new [version]`; without a version the new one is a folder. */
function replacementOf(words: readonly string[]): Replacement[] {
  const arrow = words.indexOf('=>');
  if (arrow < 1) return [];
  const [from = '', of = null] = words.slice(0, arrow);
  const [module = '', version] = words.slice(arrow + 1);
  return [{ from, of, by: version === undefined ? null : { module, version } }];
}
