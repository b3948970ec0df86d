import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult, Corpus, Outcome } from './corpus.ts';
import { compareSbom } from './cyclonedx.ts';

/** Names under which the SPDX tools keep documents that have to be refused. */
const invalid = /(^|\/)invalid(\/|-)|BadJSON|[Ww]rong-?[Vv]ersion|casesensitive/;
/** Syntaxes that are refused by name. */
const unread = /\.(xml|rdf|rdf\.xml|ttl|xlsx?|ods)$/;

/** SPDX documents of the specification's examples and of the SPDX tools' tests. */
export const spdx: Corpus = {
  name: 'spdx',
  about: 'SPDX 2.2, 2.3 and 3.0 documents, valid and invalid, read by the supply-chain gate',
  recognises: (folder) => globSync(['**/*.{spdx,jsonld}', '**/*.spdx.*'], { cwd: folder }).length > 0,
  async *run(folder): AsyncGenerator<CaseResult> {
    const names = globSync('**/*.{spdx,json,yaml,yml,xml,rdf,ttl,jsonld}', { cwd: folder });
    for (const name of names.map((path) => path.split('\\').join('/')).sort()) {
      yield { group: name.split('/')[0] ?? '', name, outcome: await judge(folder, name) };
    }
  },
};

async function judge(folder: string, name: string): Promise<Outcome> {
  if (unread.test(name))
    return { kind: 'left out', reason: 'XML and RDF are refused by name, whatever they hold' };
  return compareSbom(!invalid.test(name), name, await readFile(join(folder, name)));
}
