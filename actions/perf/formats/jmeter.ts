import { quantile } from '../../../core/stats/quantile.ts';
import { FormatError, type Metric } from '../model.ts';
import type { Format } from './format.ts';

/**
 * JMeter's CSV (JTL): one line a sample, raw, so every quantile can be had. Samples of transaction controllers
 * (no URL, response message "Number of samples in transaction") would count a request twice and are left out.
 */
export const jmeter: Format = {
  name: 'jmeter',
  recognizes: ({ text }) => /^timeStamp,elapsed,/.test(text),
  parse({ text }) {
    const [head, ...rows] = csvRows(text);
    const column = (name: string): number => head?.indexOf(name) ?? -1;
    const [time, elapsed, code, success, message] = [
      'timeStamp',
      'elapsed',
      'responseCode',
      'success',
      'responseMessage',
    ].map(column);
    if (time === -1 || elapsed === -1 || success === -1)
      throw new FormatError('expected the columns timeStamp, elapsed and success');
    const cell = (row: readonly string[], index: number | undefined): string => row[index ?? -1] ?? '';
    for (const [index, row] of rows.entries()) refuseBroken(row, index + 2, head?.length ?? 0);
    const samples = rows.filter(
      (row) => !isBlank(row) && !cell(row, message).startsWith('Number of samples in transaction'),
    );
    if (samples.length === 0) throw new FormatError('no samples');
    const elapsedMs = samples.map((row) => wholeNumber(cell(row, elapsed)));
    const times = samples.map((row) => wholeNumber(cell(row, time)));
    const codes = samples.map((row) => cell(row, code));
    const count = (test: (value: string) => boolean): number => codes.filter(test).length;
    const failures = samples.filter((row) => cell(row, success) !== 'true').length;
    const durationMs = spanOf(times, elapsedMs);
    const metrics: Record<string, Metric> = {
      'latency.avg': {
        value: elapsedMs.reduce((a, b) => a + b, 0) / samples.length,
        unit: 'ms',
        better: 'lower',
      },
      error_rate: { value: failures / samples.length, unit: 'ratio', better: 'lower' },
    };
    for (const q of [0.5, 0.9, 0.95, 0.99] as const) {
      metrics[`latency.p${Math.round(q * 100)}`] = {
        value: quantile(elapsedMs, q),
        unit: 'ms',
        better: 'lower',
      };
    }
    if (durationMs > 0)
      metrics.throughput = { value: (1_000 * samples.length) / durationMs, unit: 'req/s', better: 'higher' };
    return {
      tool: 'jmeter',
      thresholds: [],
      metrics,
      load: {
        durationMs,
        requests: samples.length,
        failures,
        statuses: {
          clientErrors: count((value) => /^4\d\d$/.test(value)),
          tooManyRequests: count((value) => value === '429'),
          serverErrors: count((value) => /^5\d\d$/.test(value)),
        },
        dropped: null,
        iterations: null,
        generatorExhausted: false,
      },
    };
  },
};

/** A row that is left out could be the failure that is looked for: a file that was cut off is no result. */
function refuseBroken(row: readonly string[], number: number, columns: number): void {
  if (isBlank(row) || row.length === columns) return;
  throw new FormatError(
    `row ${number} has ${row.length} of ${columns} columns: the file was cut off, or edited`,
  );
}

function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0]?.trim() === '';
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new FormatError(
    `timeStamp and elapsed must be whole numbers, found ${JSON.stringify(text.slice(0, 40))}`,
  );
}

/** From the first start to the last end. */
function spanOf(times: readonly number[], elapsedMs: readonly number[]): number {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  times.forEach((time, index) => {
    first = Math.min(first, time);
    last = Math.max(last, time + (elapsedMs[index] ?? 0));
  });
  return last - first;
}

/** RFC 4180: quotes may hide commas and line breaks. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (quoted) {
      if (character !== '"') field += character;
      else if (text.charAt(i + 1) === '"') {
        field += '"';
        i += 1;
      } else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === ',' || character === '\n') {
      row.push(field.endsWith('\r') ? field.slice(0, -1) : field);
      field = '';
      if (character === '\n') {
        rows.push(row);
        row = [];
      }
    } else field += character;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  return rows;
}
