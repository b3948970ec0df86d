import { parentPort, workerData } from 'node:worker_threads';
import type { Cell } from './cells.ts';
import { runCell } from './run-cell.ts';

const { cell, runs } = workerData as { readonly cell: Cell; readonly runs: number };
parentPort?.postMessage(runCell(cell, runs));
