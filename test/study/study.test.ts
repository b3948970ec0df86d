import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge } from '../../core/canary/judge.ts';
import { openJudge } from '../../core/canary/state.ts';
import { randomFrom } from '../../core/stats/random.ts';
import { barsOf } from '../../scripts/study/bars.ts';
import { allCells, type Cell } from '../../scripts/study/cells.ts';
import { JudgeRule, settingsOf } from '../../scripts/study/judge-rule.ts';
import { writePlots } from '../../scripts/study/plots.ts';
import { renderReport } from '../../scripts/study/report.ts';
import { type CellResult, runCell } from '../../scripts/study/run-cell.ts';
import { runCells } from '../../scripts/study/schedule.ts';
import { trafficOf } from '../../scripts/study/traffic.ts';

const cell = (name: string): Cell => allCells.find((one) => one.name === name) as Cell;
const some = ['clusters', 'r20', 'r20-weight-50'].map(cell);
const options = { runs: { calm: 20, regression: 10 }, workers: 2, onResult: () => {} };

describe('the study', () => {
  it('gives the same bytes every time, however many threads there are', async () => {
    const results = await runCells(some, options);
    expect(results).toEqual(some.map(({ name, kind }) => runCell(cell(name), kind === 'null' ? 20 : 10)));
    const again = await runCells(some, { ...options, workers: 1 });
    expect(renderReport(some, again)).toBe(renderReport(some, results));
    const pictures = await Promise.all(
      [results, again].map(async (one) => {
        const folder = await mkdtemp(join(tmpdir(), 'study-'));
        await writePlots(folder, some, one);
        return Promise.all(
          ['delays.svg', 'false-rollbacks.svg'].map((name) => readFile(join(folder, name), 'utf8')),
        );
      }),
    );
    expect(pictures[0]?.[0]).toContain('<svg');
    expect(pictures[1]).toEqual(pictures[0]);
  });

  it('is committed with every cell, and its page says what its results say', async () => {
    const results: readonly CellResult[] = JSON.parse(await readFile('docs/study/results.json', 'utf8'));
    expect(results.map((result) => result.cell)).toEqual(allCells.map(({ name }) => name));
    expect(await readFile('docs/study/README.md', 'utf8')).toBe(renderReport(allCells, results));
    const missed = allCells
      .flatMap((one, i) => barsOf(one, results[i] as CellResult))
      .filter(({ met }) => !met);
    expect(missed.filter(({ aim }) => aim.startsWith('false rollbacks'))).toEqual([]);
  });

  it('names every cell once', () => {
    expect(new Set(allCells.map(({ name }) => name)).size).toBe(allCells.length);
  });

  it.each(['r5', 'r5-clusters', 'p95-50', 'stages', 'bursts'])('plays the judge as it ships: %s', (name) => {
    const one = cell(name);
    for (let seed = 0; seed < 5; seed++)
      expect(decisionOf(one, seed, true)).toBe(decisionOf(one, seed, false));
  });

  it('finds the judge within its aims where a few runs can tell', () => {
    const result = runCell(cell('r20'), 60);
    expect(barsOf(cell('r20'), result).map(({ aim, met }) => [aim, met])).toContainEqual([
      'bad requests ≤ ¼ of Argo-style at ≥ 5×',
      true,
    ]);
    expect(result.rules.find(({ rule }) => rule === 'judge')?.rollbacks).toBe(60);
  });
});

/** When the judge rolls back, s: asked for harm alone, as the study does, or as a release asks. */
function decisionOf(one: Cell, seed: number, fast: boolean): number | null {
  const random = randomFrom(seed);
  const settings = settingsOf(one);
  const rule = new JudgeRule(one, settings, []);
  let state = openJudge(1, 0, true, settings);
  const sums = { canary: [0, 0], baseline: [0, 0] };
  const armOf = ([requests, bad]: number[], version: string) => {
    const [errors, slow] = one.metric === 'errors' ? [bad, null] : [0, bad];
    return {
      version,
      instances: [{ id: 'a', requests: requests ?? 0, errors: errors ?? 0, slow: slow ?? null }],
    };
  };
  const read = (time: number): string => {
    const at = time * 1_000;
    const reading = { at, canary: armOf(sums.canary, 'v2'), baseline: armOf(sums.baseline, 'v1') };
    const judged = judge(state, { at, reading, problem: null }, settings);
    state = judged.state;
    return judged.verdict;
  };
  if (!fast) read(0);
  const end = Math.min(one.horizon, one.weights.length > 1 ? one.stageSeconds : one.horizon);
  for (let time = one.tick; time <= end; time += one.tick) {
    const traffic = trafficOf(one, time, random);
    for (const i of [0, 1] as const) {
      sums.canary[i] = (sums.canary[i] ?? 0) + traffic.canary[i];
      sums.baseline[i] = (sums.baseline[i] ?? 0) + traffic.baseline[i];
    }
    if (fast ? rule.tick(time, traffic, random) : read(time) === 'rollback') return time;
  }
  return null;
}
