import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { ruleOf } from './bars.ts';
import type { Cell } from './cells.ts';
import { alpha, type CellResult } from './run-cell.ts';

/** Writes `false-rollbacks.svg` and `delays.svg`. */
export async function writePlots(
  folder: string,
  cells: readonly Cell[],
  results: readonly CellResult[],
): Promise<void> {
  await writeFile(join(folder, 'false-rollbacks.svg'), await svgOf(falseRollbacks(cells, results)));
  await writeFile(join(folder, 'delays.svg'), await svgOf(delays(cells, results)));
}

const colours = {
  domain: ['judge', 'oracle', 'argo-style', 'flagger-style', 'kayenta-style', 'tuned-once', 'tuned-often'],
  range: ['#0969da', '#1f2328', '#cf222e', '#bf8700', '#8250df', '#8c959f', '#57606a'],
};

function falseRollbacks(cells: readonly Cell[], results: readonly CellResult[]): TopLevelSpec {
  const rules = ['judge', 'argo-style', 'flagger-style', 'kayenta-style'];
  const values = cells.flatMap((cell, i) => {
    const result = results[i];
    if (cell.kind === 'regression' || result === undefined) return [];
    return rules.map((rule) => ({
      cell: cell.title,
      rule,
      // A rule that never erred is drawn at the left edge: a logarithm has no zero.
      percent: Math.max(0.003, (100 * (ruleOf(result, rule)?.rollbacks ?? 0)) / result.runs),
    }));
  });
  return {
    width: 520,
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeDash: [4, 4], color: '#cf222e' },
        encoding: { x: { datum: 100 * alpha } },
      },
      {
        mark: { type: 'point', filled: true, size: 70, opacity: 0.9 },
        encoding: {
          y: { field: 'cell', type: 'nominal', sort: null, title: null, axis: { labelLimit: 340 } },
          x: {
            field: 'percent',
            type: 'quantitative',
            scale: { type: 'log', domain: [0.003, 100] },
            title: 'false rollbacks, % (dashed: α = 0.1 %; left edge: none)',
          },
          color: { field: 'rule', type: 'nominal', scale: colours, title: null },
        },
      },
    ],
  };
}

function delays(cells: readonly Cell[], results: readonly CellResult[]): TopLevelSpec {
  const values = cells.flatMap((cell, i) => {
    const result = results[i];
    if (cell.kind !== 'regression' || result === undefined) return [];
    return colours.domain.flatMap((rule) => {
      const seconds = ruleOf(result, rule)?.medianDelay ?? null;
      return seconds === null ? [] : [{ cell: cell.title, rule, seconds }];
    });
  });
  return {
    width: 520,
    data: { values },
    mark: { type: 'point', filled: true, size: 70, opacity: 0.9 },
    encoding: {
      y: { field: 'cell', type: 'nominal', sort: null, title: null, axis: { labelLimit: 340 } },
      x: {
        field: 'seconds',
        type: 'quantitative',
        scale: { type: 'log' },
        title: 'median time from the beginning of the regression to the rollback, s',
      },
      color: { field: 'rule', type: 'nominal', scale: colours, title: null },
    },
  };
}

/** Without a text engine: the same on every machine. */
async function svgOf(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile({ ...spec, background: '#ffffff' }).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}
