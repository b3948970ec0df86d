import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problemsOf } from '../../actions/slo/documents/read.ts';
import type { CaseResult, Corpus, Outcome } from './corpus.ts';

/** OpenSLO's schema tests: `expectations.json` says for each document whether it is valid. */
export const openSlo: Corpus = {
  name: 'openslo',
  about: 'OpenSLO v1 documents, valid and invalid, read by the SLO gate',
  recognises: (folder) => existsSync(join(folder, 'expectations.json')),
  async *run(folder): AsyncGenerator<CaseResult> {
    const expectations = JSON.parse(await readFile(join(folder, 'expectations.json'), 'utf8')) as Readonly<
      Record<string, string>
    >;
    const files = globSync('**/*.{yaml,yml}', { cwd: folder }).map((path) => path.split('\\').join('/'));
    for (const name of [...new Set([...Object.keys(expectations), ...files])].sort()) {
      const expected = Object.hasOwn(expectations, name) ? expectations[name] : undefined;
      yield { group: groupOf(name), name, outcome: await judge(folder, name, expected) };
    }
  },
};

async function judge(folder: string, name: string, expected: string | undefined): Promise<Outcome> {
  if (expected !== 'valid' && expected !== 'invalid') {
    return { kind: 'left out', reason: 'expectations.json says nothing about it' };
  }
  const problems = problemsOf(await readFile(join(folder, name)), name);
  const found = problems.length === 0 ? 'valid' : 'invalid';
  if (found === expected) return { kind: 'passed' };
  const why = problems.map(({ line, message }) => `line ${line ?? '?'}: ${message}`).join('; ');
  return { kind: 'failed', reason: `expected ${expected}, found ${found}${why === '' ? '' : ` (${why})`}` };
}

function groupOf(name: string): string {
  return name.split('/').slice(0, -1).at(-1) ?? '';
}
