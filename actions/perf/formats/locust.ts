import { FormatError } from '../model.ts';
import type { Format } from './format.ts';
import { csvRowsOf } from './lines.ts';
import { loadRun, quantileName } from './load.ts';

/**
 * The `…_stats.csv` of `locust --csv`: its last row, "Aggregated", is of all requests. It has neither the time nor status
 * codes: the time is requests ÷ rate.
 */
export const locust: Format = {
  name: 'locust',
  recognizes: ({ text }) => /^"?Type"?,"?Name"?,"?Request Count"?,"?Failure Count"?,/.test(text),
  parse({ text }) {
    const [columns = [], ...rows] = csvRowsOf(text, ',');
    const all = rows.find((row) => row[columns.indexOf('Name')] === 'Aggregated');
    if (all === undefined) throw new FormatError('there is no row "Aggregated": the file was cut off');
    const number = (name: string): number | null => {
      const cell = all[columns.indexOf(name)] ?? '';
      return cell.trim() === '' || !Number.isFinite(Number(cell)) ? null : Number(cell);
    };
    const requests = number('Request Count');
    const rate = number('Requests/s');
    const average = number('Average Response Time');
    const quantiles = columns.flatMap((column) => {
      const percent = /^(\d+(?:\.\d+)?)%$/.exec(column)?.[1];
      const value = number(column);
      return percent === undefined || percent === '100' || value === null
        ? []
        : [[quantileName(Number(percent)), value] as const];
    });
    return loadRun({
      tool: 'locust',
      durationMs: requests === null || rate === null || rate === 0 ? null : (1_000 * requests) / rate,
      requests,
      failures: number('Failure Count'),
      statuses: null,
      throughput: rate,
      latencies: { ...(average === null ? {} : { avg: average }), ...Object.fromEntries(quantiles) },
    });
  },
};
