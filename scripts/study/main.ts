import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allCells } from './cells.ts';
import { writePlots } from './plots.ts';
import { renderReport } from './report.ts';
import { runCells } from './schedule.ts';

/**
 * `npm run study:canary -- [--quick] [--out DIR] [--only CELL]… [--workers N]`: plays every cell with the judge and
 * with the rules it is compared with, and writes the table and the plots of `docs/study/`. The same bytes every
 * time, however many workers there are. The long form takes some ten minutes on two cores.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: 'docs/study' },
    only: { type: 'string', multiple: true },
    workers: { type: 'string', default: '2' },
  },
});

const cells = allCells.filter(({ name }) => values.only === undefined || values.only.includes(name));
const results = await runCells(cells, {
  runs: values.quick ? { calm: 200, regression: 60 } : { calm: 20_000, regression: 5_000 },
  workers: Number(values.workers),
  onResult: ({ cell, runs }) => console.error(`${cell}: ${runs} runs`),
});
await mkdir(values.out, { recursive: true });
const report = renderReport(cells, results);
await writeFile(join(values.out, 'README.md'), report);
await writeFile(join(values.out, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
await writePlots(values.out, cells, results);
console.log(report);
