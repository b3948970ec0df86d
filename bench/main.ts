import { parseArgs } from 'node:util';
import { isMet, median, renderFigures } from './measure.ts';
import { benchmarks } from './registry.ts';

/** `npm run bench -- [--json] [--only NAME] [--rounds N]`: side by side, several rounds, median and spread. */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
  },
});

const rounds = Number(values.rounds);
const chosen = benchmarks.filter((one) => values.only === undefined || one.name === values.only);
if (chosen.length === 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`expected --only ${benchmarks.map((one) => one.name).join('|')} and --rounds of at least 1`);
  process.exit(2);
}

const report = [];
for (const benchmark of chosen) {
  const figures = await benchmark.run(rounds);
  if (!values.json) console.log(`\n${benchmark.title}\n${renderFigures(figures)}`);
  report.push({
    benchmark: benchmark.name,
    figures: figures.map((figure) => ({ ...figure, median: median(figure.rounds), met: isMet(figure) })),
  });
}
if (values.json) console.log(JSON.stringify(report, null, 2));
