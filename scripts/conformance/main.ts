import { readOptions, runScript } from '../../adapters/node-io/command-line.ts';
import { InputError } from '../../core/errors.ts';
import type { CaseResult, Corpus } from './corpus.ts';
import { cycloneDx } from './cyclonedx.ts';
import { type FoundCorpus, findCorpora } from './find.ts';
import { opaConformance } from './opa-conformance.ts';
import { openSlo } from './openslo.ts';
import { render, summarise } from './report.ts';
import { sigstoreConformance } from './sigstore-conformance.ts';
import { spdx } from './spdx.ts';
import { squawk } from './squawk.ts';

const corpora: readonly Corpus[] = [squawk, openSlo, sigstoreConformance, opaConformance, cycloneDx, spdx];
const help = 'use --dir FOLDER [--corpus NAME]… [--json] [--verbose]';

/**
 * `npm run conformance -- --dir FOLDER [--corpus NAME]… [--json] [--verbose]`: runs published cases through the
 * code of the gates. The folder holds corpora, known by their names or their layout, or is one.
 */
await runScript(async () => {
  const { dir, corpus, json, verbose } = readOptions(
    process.argv.slice(2),
    {
      dir: { type: 'string' },
      corpus: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
    help,
  );
  if (dir === undefined) {
    throw new InputError('USAGE', '--dir FOLDER is missing: the folder that holds the corpora', help);
  }
  const { found, unknown } = findCorpora(dir, corpora);
  for (const folder of unknown) console.error(`left out: ${folder}: laid out like none of the corpora`);
  const reports = [];
  for (const one of chosen(found, corpus)) {
    const report = summarise(one.name, await resultsOf(one));
    if (!json) console.log(render(report, verbose));
    reports.push(report);
  }
  if (json) console.log(JSON.stringify(reports, undefined, 2));
  return reports.some(({ totals }) => totals.failed > 0) ? 1 : 0;
});

function chosen(found: readonly FoundCorpus[], names: readonly string[] | undefined): readonly FoundCorpus[] {
  if (names === undefined) return found;
  const missing = names.find((name) => !found.some((one) => one.name === name));
  if (missing === undefined) return found.filter(({ name }) => names.includes(name));
  throw new InputError(
    'USAGE',
    `--corpus: there is no corpus "${missing}" in the folder`,
    `name one of: ${found.map(({ name }) => name).join(', ')}`,
  );
}

async function resultsOf({ corpus, folder }: FoundCorpus): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for await (const result of corpus.run(folder)) results.push(result);
  return results;
}
