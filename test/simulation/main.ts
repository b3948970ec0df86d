import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readNumber, readOptions, runScript } from '../../adapters/node-io/command-line.ts';
import { InputError } from '../../core/errors.ts';
import { plantedBugs } from './bugs/index.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan-of.ts';
import { type HuntOrder, huntFor, huntForAll } from './planted.ts';
import { type RunOptions, runPlan } from './run.ts';
import { shrinkPlan } from './shrink.ts';
import { nothing, render, type Summary, summaryOf, tellPlan, together } from './summary.ts';

const usage = `npm run simulate -- [--seeds N] [--from S] [--workers W] [--bug NAME] [--history]
  --seeds N     how many histories are played (default 100)
  --from S      the first seed (default 0)
  --workers W   threads (default 2)
  --planted     looks for every planted bug and prints after how many seeds it was found
  --bug NAME    plants a bug first: ${plantedBugs.map(({ name }) => name).join(', ')}
  --history     prints every step of the shrunk history of the first failure`;

const toldFailures = 20;
/** Lines that a shrunk history is told in. */
const storyLines = 60;

interface Share {
  readonly from: number;
  readonly until: number;
  readonly every: number;
  readonly bug: string | undefined;
}

if (isMainThread) await runScript(main);
else if ('hunt' in workerData) await hunt(workerData as HuntOrder);
else await work(workerData as Share);

async function main(): Promise<number> {
  const values = readOptions(
    process.argv.slice(2),
    {
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '0' },
      workers: { type: 'string', default: '2' },
      bug: { type: 'string' },
      planted: { type: 'boolean', default: false },
      history: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    usage,
  );
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const seeds = readNumber('seeds', values.seeds, { least: 1, most: 1_000_000 }, usage);
  const from = readNumber('from', values.from, { least: 0, most: 1_000_000_000 }, usage);
  const workers = readNumber('workers', values.workers, { least: 1, most: 64 }, usage);
  if (values.bug !== undefined && optionsFor(values.bug) === null) {
    throw new InputError('USAGE', `--bug: there is no planted bug "${values.bug}"`, usage);
  }
  if (values.planted) return (await huntForAll(new URL(import.meta.url), from, seeds, workers)) ? 0 : 1;
  const begun = performance.now();
  const shares = Array.from({ length: workers }, (_unused, n): Share => {
    return { from: from + n, until: from + seeds, every: workers, bug: values.bug };
  });
  const summaries = await Promise.all(shares.map(inWorker));
  const summary = summaries.reduce(together, nothing);
  console.log(render(summary, (performance.now() - begun) / 1_000));
  if (summary.failures.length === 0) {
    console.log('Every invariant held after every step.');
    return 0;
  }
  await explain(summary, values.bug, values.history);
  return 1;
}

function inWorker(share: Share): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function hunt({ hunt: names, from, seeds }: HuntOrder): Promise<void> {
  for (const name of names) parentPort?.postMessage(await huntFor(name, from, seeds));
}

async function work({ from, until, every, bug }: Share): Promise<void> {
  let summary = nothing;
  const options = optionsFor(bug) ?? {};
  for (let seed = from; seed < until; seed += every) {
    summary = together(summary, summaryOf(await runPlan(planOf(seed), options)));
  }
  parentPort?.postMessage(summary);
}

function optionsFor(bug: string | undefined): RunOptions | null {
  if (bug === undefined) return {};
  const planted = plantedBugs.find(({ name }) => name === bug);
  return planted === undefined ? null : { decorate: planted.plant };
}

/** The first failure in its smallest form, and how to see it again. */
async function explain({ failures }: Summary, bug: string | undefined, withHistory: boolean): Promise<void> {
  const sorted = failures.toSorted((a, b) => a.seed - b.seed);
  const [first] = sorted;
  if (first === undefined) return;
  console.log(
    `\nA promise was broken in ${failures.length} of the seeds (what each means: docs/simulation.md):`,
  );
  for (const { seed, invariant, message } of sorted.slice(0, toldFailures)) {
    console.log(`  seed ${seed}, ${invariant}: ${message}`);
  }
  const options = optionsFor(bug) ?? {};
  const fails = async (candidate: Plan): Promise<boolean> =>
    (await runPlan(candidate, options)).violation?.invariant === first.invariant;
  const shrunk = await shrinkPlan(planOf(first.seed), fails);
  console.log(`\nSeed ${first.seed} made as small as it still breaks it:`);
  console.log(tellPlan(shrunk).join('\n'));
  const { history, violation } = await runPlan(shrunk, { ...options, history: true });
  const told = withHistory ? history : history.filter((line) => line.includes(' ★ ')).slice(-storyLines);
  console.log(`\nWhat happened${withHistory ? '' : ', at last'}:\n${told.join('\n')}`);
  console.log(`  ✗ ${violation?.invariant}: ${violation?.message}`);
  const flag = bug === undefined ? '' : ` --bug ${bug}`;
  console.log(
    `\nAgain, with every step: npm run simulate -- --seeds 1 --from ${first.seed}${flag} --history`,
  );
}
