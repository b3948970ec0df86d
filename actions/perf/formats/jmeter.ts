import { FormatError } from '../model.ts';
import type { Format } from './format.ts';
import { csvRowsOf } from './lines.ts';
import { loadRun, perSecond, statusCounts } from './load.ts';
import { latenciesOf } from './requests.ts';

/**
 * JMeter's CSV (JTL): one line a sample, raw, so every quantile can be had. Any order of columns, any delimiter that
 * JMeter can be told, and without names the order that it has then. Samples of transaction controllers (response
 * message "Number of samples in transaction") would count a request twice and are left out.
 */
export const jmeter: Format = {
  name: 'jmeter',
  recognizes: ({ text }) => layoutOf(text) !== null,
  parse({ text }) {
    const layout = layoutOf(text);
    if (layout === null) throw new FormatError('expected the columns timeStamp, elapsed and success');
    const seen = { at: [] as number[], elapsedMs: [] as number[], statuses: new Map<string, number>() };
    let failures = 0;
    let end = Number.NEGATIVE_INFINITY;
    let begin = Number.POSITIVE_INFINITY;
    let number = 0;
    for (const row of csvRowsOf(text, layout.delimiter)) {
      number += 1;
      if (isBlank(row) || (number === 1 && layout.named)) continue;
      const sample = readSample(row, number, layout);
      if (sample === null) continue;
      seen.at.push(sample.at);
      seen.elapsedMs.push(sample.elapsedMs);
      seen.statuses.set(sample.code, (seen.statuses.get(sample.code) ?? 0) + 1);
      if (!sample.ok) failures += 1;
      begin = Math.min(begin, sample.at);
      end = Math.max(end, sample.at + sample.elapsedMs);
    }
    const requests = seen.at.length;
    if (requests === 0) throw new FormatError('no samples');
    const durationMs = end - begin;
    return loadRun({
      tool: 'jmeter',
      ...{ durationMs, requests, failures },
      statuses: statusCounts(seen.statuses),
      throughput: perSecond(requests, durationMs),
      ...latenciesOf(seen),
    });
  },
};

interface Layout {
  readonly delimiter: string;
  /** True when the first row has the names. */
  readonly named: boolean;
  readonly columns: readonly string[];
}

/** What JMeter writes with `print_field_names=false`. */
const unnamed = 'timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success'.split(',');

function layoutOf(text: string): Layout | null {
  const [head = ''] = text.slice(0, 4_096).split(/\r?\n/, 1);
  for (const delimiter of [',', ';', '\t', '|']) {
    const [columns = []] = csvRowsOf(head, delimiter);
    if (['timeStamp', 'elapsed', 'success'].every((name) => columns.includes(name))) {
      return { delimiter, named: true, columns };
    }
    const [time = '', elapsed = '', , , , , , success = ''] = columns;
    if (/^\d{13}$/.test(time) && /^\d+$/.test(elapsed) && /^(true|false)$/.test(success)) {
      const rest = Array.from({ length: columns.length - unnamed.length }, () => '');
      return { delimiter, named: false, columns: [...unnamed, ...rest] };
    }
  }
  return null;
}

/** Null for what is no request. Throws `FormatError` for a row that cannot be understood. */
function readSample(row: readonly string[], number: number, { columns }: Layout) {
  // A row that is left out could be the failure that is looked for: a file that was cut off is no result.
  if (row.length !== columns.length) {
    const found = `row ${number} has ${row.length} of ${columns.length} columns`;
    throw new FormatError(`${found}: the file was cut off, or edited`);
  }
  const cell = (name: string): string => row[columns.indexOf(name)] ?? '';
  if (cell('responseMessage').startsWith('Number of samples in transaction')) return null;
  const elapsed = cell('elapsed');
  if (!/^\d+$/.test(elapsed)) {
    throw new FormatError(`row ${number}: elapsed is not a whole number, but ${shown(elapsed)}`);
  }
  return {
    at: timeOf(cell('timeStamp'), number),
    elapsedMs: Number(elapsed),
    code: cell('responseCode'),
    ok: cell('success') === 'true',
  };
}

/** Milliseconds, or a date as `jmeter.save.saveservice.timestamp_format` usually is: 2026/05/04 12:00:00.123. */
function timeOf(text: string, number: number): number {
  if (/^\d+$/.test(text)) return Number(text);
  const dated = /^(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,3}))?$/.exec(text);
  const [, year, month, day, time, fraction = '0'] = dated ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${time}.${fraction.padEnd(3, '0')}Z`);
  if (dated !== null && !Number.isNaN(at)) return at;
  throw new FormatError(`row ${number}: timeStamp is neither milliseconds nor a date, but ${shown(text)}`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0]?.trim() === '';
}
