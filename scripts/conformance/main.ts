import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CaseResult, Corpus } from './corpus.ts';
import { cycloneDx } from './cyclonedx.ts';
import { opaConformance } from './opa-conformance.ts';
import { openSlo } from './openslo.ts';
import { render, summarise } from './report.ts';
import { sigstoreConformance } from './sigstore-conformance.ts';
import { spdx } from './spdx.ts';
import { squawk } from './squawk.ts';

/** Runs published conformance cases: `npm run conformance -- --dir FOLDER --corpus NAME [--json]`. */
const corpora: readonly Corpus[] = [cycloneDx, opaConformance, openSlo, sigstoreConformance, spdx, squawk];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      corpus: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  if (values.dir === undefined) return usage('--dir FOLDER is missing: the folder that holds the corpora');
  const names = values.corpus ?? corpora.map(({ name }) => name);
  const unknown = names.find((name) => !corpora.some((corpus) => corpus.name === name));
  if (unknown !== undefined)
    return usage(`unknown corpus ${unknown}; known: ${corpora.map(({ name }) => name).join(', ')}`);
  const reports = [];
  for (const corpus of corpora.filter(({ name }) => names.includes(name))) {
    const results: CaseResult[] = [];
    for await (const result of corpus.run(join(values.dir, corpus.name))) results.push(result);
    reports.push(summarise(corpus.name, results));
  }
  console.log(
    values.json
      ? JSON.stringify(reports, undefined, 2)
      : reports.map((report) => render(report, values.verbose)).join('\n'),
  );
  return reports.some(({ totals }) => totals.failed > 0) ? 1 : 0;
}

function usage(problem: string): number {
  console.error(
    `${problem}\nusage: npm run conformance -- --dir FOLDER [--corpus NAME]… [--json] [--verbose]`,
  );
  return 2;
}

process.exitCode = await main();
