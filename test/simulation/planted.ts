import { Worker } from 'node:worker_threads';
import { plantedBugs } from './bugs/index.ts';
import { planOf } from './plan-of.ts';
import { runPlan } from './run.ts';

/** What became of the search for one planted bug. */
export interface Hunt {
  readonly name: string;
  /** Seed at which a promise broke; null: none did. */
  readonly seed: number | null;
  readonly invariant: string | null;
}

/** What a worker is asked: which bugs to look for, from which seed on, in how many. */
export interface HuntOrder {
  readonly hunt: readonly string[];
  readonly from: number;
  readonly seeds: number;
}

/** Plays seed after seed with one bug until a promise breaks that holds without it. */
export async function huntFor(name: string, from: number, seeds: number): Promise<Hunt> {
  const planted = plantedBugs.find((bug) => bug.name === name);
  if (planted === undefined) throw new Error(`no bug is called ${name}`);
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { violation } = await runPlan(planOf(seed), { decorate: planted.plant });
    const isFound = violation !== null && (await runPlan(planOf(seed))).violation === null;
    if (isFound) return { name, seed, invariant: violation.invariant };
  }
  return { name, seed: null, invariant: null };
}

/** Looks for every planted bug, in so many threads; answers whether each was found. */
export async function huntForAll(
  script: URL,
  from: number,
  seeds: number,
  workers: number,
): Promise<boolean> {
  const names = plantedBugs.map(({ name }) => name);
  const found: Hunt[] = [];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        const hunt = await inWorker(script, { hunt: [name], from, seeds });
        found.push(hunt);
        console.log(row(hunt, from));
      }
    }),
  );
  const missed = found.filter(({ seed }) => seed === null);
  console.log(
    `${found.length - missed.length} of ${found.length} planted bugs were found within ${seeds} seeds`,
  );
  return missed.length === 0;
}

function row({ name, seed, invariant }: Hunt, from: number): string {
  return seed === null ? `| ${name} | not found | |` : `| ${name} | ${seed - from + 1} | ${invariant} |`;
}

function inWorker(script: URL, order: HuntOrder): Promise<Hunt> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: order });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
