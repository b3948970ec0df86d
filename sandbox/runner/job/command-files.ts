import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../../core/errors.ts';

const names = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;
type FileName = (typeof names)[number];

/** The files through which one step talks back, one fresh set a step. */
export interface CommandFiles {
  readonly environment: Readonly<Record<FileName, string>>;
  outputs(): Promise<Map<string, string>>;
  env(): Promise<Map<string, string>>;
  state(): Promise<Map<string, string>>;
  paths(): Promise<string[]>;
  summary(): Promise<string>;
}

/** Creates the set in `directory`. Reading throws `InputError` with the file, line and the expected form. */
export async function createCommandFiles(directory: string): Promise<CommandFiles> {
  await mkdir(directory, { recursive: true });
  const paths = Object.fromEntries(names.map((name) => [name, join(directory, name)])) as Record<
    FileName,
    string
  >;
  for (const path of Object.values(paths)) await writeFile(path, '');
  const text = (name: FileName) => readFile(paths[name], 'utf8');
  const pairs = async (name: FileName) => parsePairs(name, await text(name));
  return {
    environment: paths,
    outputs: () => pairs('GITHUB_OUTPUT'),
    env: () => pairs('GITHUB_ENV'),
    state: () => pairs('GITHUB_STATE'),
    paths: async () => (await text('GITHUB_PATH')).split(/\r?\n/).filter((line) => line !== ''),
    summary: () => text('GITHUB_STEP_SUMMARY'),
  };
}

/** Reads `name=value` and `name<<DELIMITER … DELIMITER` lines. */
export function parsePairs(file: string, text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter, index + 1);
      if (delimiter === '' || end < 0)
        throw malformed(file, index, `the delimiter "${delimiter}" is never closed`);
      pairs.set(line.slice(0, heredoc), lines.slice(index + 1, end).join('\n'));
      index = end;
    } else if (equals > 0) {
      pairs.set(line.slice(0, equals), line.slice(equals + 1));
    } else {
      throw malformed(file, index, 'expected name=value or name<<DELIMITER');
    }
  }
  return pairs;
}

function malformed(file: string, index: number, problem: string): InputError {
  return new InputError(
    'command-file-malformed',
    `${file}, line ${index + 1}: ${problem}`,
    'write name=value, or name<<DELIMITER, the lines and DELIMITER',
  );
}
