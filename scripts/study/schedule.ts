import { Worker } from 'node:worker_threads';
import type { Cell } from './cells.ts';
import type { CellResult } from './run-cell.ts';

export interface StudyOptions {
  /** Runs of a cell without a regression, and with one. */
  readonly runs: { readonly calm: number; readonly regression: number };
  readonly workers: number;
  readonly onResult: (result: CellResult) => void;
}

/** Plays the cells on several threads. Answers in the order of the cells, whoever finished first. */
export async function runCells(
  cells: readonly Cell[],
  { runs, workers, onResult }: StudyOptions,
): Promise<readonly CellResult[]> {
  const results = new Map<string, CellResult>();
  const waiting = [...cells];
  const next = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) {
      const result = await inWorker(cell, cell.kind === 'regression' ? runs.regression : runs.calm);
      results.set(cell.name, result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: workers }, next));
  return cells.map(({ name }) => results.get(name) as CellResult);
}

function inWorker(cell: Cell, runs: number): Promise<CellResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { cell, runs } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
