import { createHash } from 'node:crypto';
import type { GateIo } from '../../core/gate/gate.ts';
import type { Finding } from '../../core/gate/result.ts';

/** An `atlas.sum` that is not of the files beside it. */
export interface AtlasSumProblem {
  readonly path: string;
  /** Ends a sentence that begins with the file's name. */
  readonly problem: string;
}

/** Holds every `atlas.sum` beside the migrations against the files of its folder. */
export async function readAtlasSums(
  paths: readonly string[],
  files: GateIo['files'],
): Promise<AtlasSumProblem[]> {
  const found: AtlasSumProblem[] = [];
  for (const folder of new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1)))) {
    const path = `${folder}atlas.sum`;
    const sum = await files.read(path);
    if (sum === null) continue;
    const beside: NamedFile[] = [];
    for (const one of paths.filter((other) => isIn(folder, other)))
      beside.push({ name: one.slice(folder.length), bytes: (await files.read(one)) ?? new Uint8Array() });
    const problem = problemOf(new TextDecoder().decode(sum), beside);
    if (problem !== null) found.push({ path, problem });
  }
  return found;
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(folder) && !path.slice(folder.length).includes('/') && path.endsWith('.sql');
}

interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * What is wrong with a directory's sum, or null. Each line is a file and the SHA-256 over the names and contents of all
 * files up to it; the first is the SHA-256 over the names and sums of the others (Atlas, `migrate.HashFile`). A file that
 * says `atlas:sum ignore` does not count, nor does the way back of golang-migrate that no line names.
 */
export function problemOf(sum: string, files: readonly NamedFile[]): string | null {
  const [first = '', ...lines] = sum.split(/\r?\n/).filter((line) => line.trim() !== '');
  const listed = lines
    .map((line) => /^(.+) h1:(\S+)$/.exec(line))
    .map((match) => [match?.[1], match?.[2]] as const);
  const names = new Set(listed.map(([name]) => name));
  const running = createHash('sha256');
  const counted = files
    .filter((file) => !isIgnored(file) && (names.has(file.name) || !/\.down\.sql$/i.test(file.name)))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const missing = counted.find(({ name }) => !names.has(name));
  if (missing !== undefined) return `does not list ${missing.name}`;
  const there = new Set(counted.map(({ name }) => name));
  const gone = listed.find(([name]) => name === undefined || !there.has(name));
  if (gone !== undefined)
    return gone[0] === undefined
      ? 'has a line that is none of its own'
      : `lists ${gone[0]}, which is not there`;
  const total = createHash('sha256');
  for (const { name, bytes } of counted) {
    const own = running.update(name).update(bytes).copy().digest('base64');
    if (listed.find(([one]) => one === name)?.[1] !== own) return `has another sum for ${name}`;
    total.update(name).update(own);
  }
  return first === `h1:${total.digest('base64')}` ? null : 'has another sum for the whole folder';
}

function isIgnored({ bytes }: NamedFile): boolean {
  return /^--[ \t]*atlas:sum[ \t]+ignore\b/m.test(Buffer.from(bytes).toString('latin1'));
}

export function atlasSumFindings(problems: readonly AtlasSumProblem[]): Finding[] {
  return problems.map(({ path, problem }) => ({
    code: 'atlas-sum-mismatch',
    level: 'error',
    message: `\`${path}\` ${problem}: \`atlas migrate apply\` refuses the whole folder.`,
    help: 'Run `atlas migrate hash` once the files are as they shall be, and commit atlas.sum with them.',
    path,
    line: 1,
  }));
}
