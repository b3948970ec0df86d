import { InputError } from '../core/errors.ts';
import { type BenchArguments, parseBenchArguments } from './arguments.ts';
import { isMet, median, renderFigures } from './measure.ts';
import { benchmarks } from './registry.ts';

/** `npm run bench -- [--json] [--only NAME] [--rounds N]`: side by side, several rounds, median and spread. */
const { json, only, rounds } = parsed();

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

function parsed(): BenchArguments {
  try {
    return parseBenchArguments(
      process.argv.slice(2),
      benchmarks.map(({ name }) => name),
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(`error: ${error.message}\n${error.help}`);
    process.exit(error.exitStatus);
  }
}
