import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readNumber, readOptions, runScript } from '../../adapters/node-io/command-line.ts';
import { InputError } from '../../core/errors.ts';
import { suggest } from '../../core/gate/suggest.ts';
import { allCells } from './cells.ts';
import { writePlots } from './plots.ts';
import { renderReport } from './report.ts';
import { runCells } from './schedule.ts';

const help = 'use --quick, --out DIR, --only CELL (may be repeated) or --workers N';

/**
 * `npm run study:canary -- [--quick] [--out DIR] [--only CELL]… [--workers N]`: plays every cell with the judge and
 * with the rules it is compared with, and writes the table and the plots of `docs/study/`. The same bytes every
 * time, however many workers there are. The long form takes some ten minutes on two cores.
 */
await runScript(async () => {
  const { quick, out, only, workers } = readOptions(
    process.argv.slice(2),
    {
      quick: { type: 'boolean', default: false },
      out: { type: 'string', default: 'docs/study' },
      only: { type: 'string', multiple: true },
      workers: { type: 'string', default: '2' },
    },
    help,
  );
  for (const name of only ?? []) requireCell(name);
  const cells = allCells.filter(({ name }) => only === undefined || only.includes(name));
  const results = await runCells(cells, {
    runs: quick ? { calm: 200, regression: 60 } : { calm: 20_000, regression: 5_000 },
    workers: readNumber('workers', workers, { least: 1, most: 64 }, help),
    onResult: ({ cell, runs }) => console.error(`${cell}: ${runs} runs`),
  });
  await mkdir(out, { recursive: true });
  const report = renderReport(cells, results);
  await writeFile(join(out, 'README.md'), report);
  await writeFile(join(out, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  await writePlots(out, cells, results);
  console.log(report);
  return 0;
});

function requireCell(name: string): void {
  const names = allCells.map((cell) => cell.name);
  if (names.includes(name)) return;
  const meant = suggest(name, names);
  throw new InputError(
    'USAGE',
    `--only: there is no cell "${name}"`,
    meant === null ? `name one of: ${names.join(', ')}` : `did you mean ${meant}?`,
  );
}
