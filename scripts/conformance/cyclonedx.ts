import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readSbom } from '../../actions/supply-chain/sbom/read.ts';
import type { CaseResult, Corpus, Outcome } from './corpus.ts';

/** CycloneDX's own schema tests: a document whose name starts with `valid-` is accepted, with `invalid-` refused. */
export const cycloneDx: Corpus = {
  name: 'cyclonedx',
  about: 'CycloneDX documents, valid and invalid, read by the supply-chain gate',
  recognises: (folder) => globSync('**/{valid,invalid}-*.{json,xml}', { cwd: folder }).length > 0,
  async *run(folder): AsyncGenerator<CaseResult> {
    const names = globSync('**/*.{json,xml,textproto}', { cwd: folder }).map((path) =>
      path.split('\\').join('/'),
    );
    for (const name of names.filter((one) => !/^(schema\/|.*\.schema\.json$)/.test(one)).sort()) {
      yield { group: name.split('/')[0] ?? '', name, outcome: await judge(folder, name) };
    }
  },
};

async function judge(folder: string, name: string): Promise<Outcome> {
  const file = basename(name);
  if (!/^(in)?valid-/.test(file)) return { kind: 'left out', reason: 'its name says no verdict' };
  if (file.endsWith('.textproto')) return { kind: 'left out', reason: 'only JSON and XML are read' };
  return compareSbom(!file.startsWith('invalid-'), name, await readFile(join(folder, name)));
}

/** Compares the reader's verdict on a document with the expected one. */
export async function compareSbom(valid: boolean, name: string, bytes: Uint8Array): Promise<Outcome> {
  const read = await readSbom(name, bytes);
  const problems = read.ok
    ? read.sbom.problems
        .filter(({ level }) => level !== 'warning')
        .map(({ place, message }) => `${place} ${message}`)
    : [read.problem];
  if ((problems.length === 0) === valid) return { kind: 'passed' };
  return {
    kind: 'failed',
    reason: valid ? `valid, but: ${problems.slice(0, 3).join('; ')}` : 'invalid, but no problem was found',
  };
}
