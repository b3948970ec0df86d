import { runScript } from '../adapters/node-io/command-line.ts';
import { parseBenchArguments } from './arguments.ts';
import { isMet, median, renderFigures } from './measure.ts';
import { benchmarks } from './registry.ts';

/** `npm run bench -- [--json] [--only NAME] [--rounds N]`: side by side, several rounds, median and spread. */
await runScript(async () => {
  const names = benchmarks.map(({ name }) => name);
  const { json, only, rounds } = parseBenchArguments(process.argv.slice(2), names);
  const report = [];
  for (const benchmark of benchmarks.filter(({ name }) => only === undefined || name === only)) {
    const figures = await benchmark.run(rounds);
    if (!json) console.log(`\n${benchmark.title}\n${renderFigures(figures)}`);
    report.push({
      benchmark: benchmark.name,
      figures: figures.map((figure) => ({ ...figure, median: median(figure.rounds), met: isMet(figure) })),
    });
  }
  if (json) console.log(JSON.stringify(report, null, 2));
  return 0;
});
