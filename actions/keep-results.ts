import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toSarif } from '../core/gate/sarif.ts';
import type { ActionRun, Attempt } from './action-run.ts';

/**
 * Writes `<folder>/<gate>/result.json`, `result.sarif` and the evidence beside them; returns the paths of both (of
 * several gates: of a list of all, and of one log with a run each).
 */
export async function keepResults(
  run: ActionRun,
  attempts: readonly Attempt[],
): Promise<{ readonly result: string; readonly sarif: string }> {
  const done = attempts.flatMap((attempt) => ('outcome' in attempt ? [attempt.outcome] : []));
  for (const { result, files } of done) {
    const folder = join(run.inputs.outputFolder, result.gate);
    await writeJsonIn(join(folder, 'result.json'), result);
    await writeJsonIn(join(folder, 'result.sarif'), toSarif([result]));
    for (const file of files) await writeFileIn(join(folder, file.path), file.bytes);
  }
  const only = run.gates.length === 1 ? run.gates[0] : undefined;
  if (only !== undefined && done.length === 0) return { result: '', sarif: '' };
  const place = only === undefined ? 'results' : join(only.name, 'result');
  const result = join(run.inputs.outputFolder, `${place}.json`);
  const sarif = join(run.inputs.outputFolder, `${place}.sarif`);
  if (only !== undefined) return { result, sarif };
  const results = done.map((outcome) => outcome.result);
  await writeJsonIn(result, results);
  await writeJsonIn(sarif, toSarif(results));
  return { result, sarif };
}

async function writeJsonIn(path: string, document: unknown): Promise<void> {
  await writeFileIn(path, JSON.stringify(document, null, 2));
}

async function writeFileIn(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
