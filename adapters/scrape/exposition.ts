import { Cursor, ExpositionError } from './cursor.ts';

export { ExpositionError } from './cursor.ts';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** ms since the epoch, when the exposition names a time. */
  readonly timestamp: number | null;
}

export interface Exposition {
  readonly samples: readonly Sample[];
  /** Metric family → declared type (`counter`, `gauge`, `histogram`, `summary` …). */
  readonly types: ReadonlyMap<string, string>;
}

/** Caps of one scrape (an exporter is not ours: PLATFORM, threat 17). */
const maxSamples = 500_000;
const maxLabels = 128;

/**
 * Reads the Prometheus text format 0.0.4 or OpenMetrics 1.0, strictly: one malformed line, a duplicate series
 * or (in OpenMetrics) a missing `# EOF` refuses the whole, as Prometheus does, because half a scrape would read
 * as a quiet service. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ and
 * https://github.com/OpenObservability/OpenMetrics. Throws `ExpositionError`, which names the line.
 */
export function parseExposition(text: string, options: { readonly openMetrics?: boolean } = {}): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  const openMetrics = options.openMetrics ?? false;
  let ended = false;
  let lineNumber = 0;
  for (const line of linesOf(text)) {
    lineNumber += 1;
    if (line === '' || (!openMetrics && line.trim() === '')) continue;
    if (ended) throw new ExpositionError(lineNumber, 'text after # EOF');
    if (line.startsWith('#')) {
      ended = line === '# EOF';
      readComment(line, types);
      continue;
    }
    const sample = readSample(new Cursor(line, lineNumber), openMetrics);
    const key = `${sample.name}\n${JSON.stringify(Object.entries(sample.labels).sort(byName))}`;
    if (seen.has(key)) throw new ExpositionError(lineNumber, `the series ${sample.name} appears twice`);
    seen.add(key);
    samples.push(sample);
    if (samples.length > maxSamples) throw new ExpositionError(lineNumber, `more than ${maxSamples} samples`);
  }
  if (openMetrics && !ended) throw new ExpositionError(lineNumber, 'truncated: # EOF is missing');
  return { samples, types };
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const line = end === -1 ? text.slice(start) : text.slice(start, end);
    yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (end === -1) return;
    start = end + 1;
  }
}

function readComment(line: string, types: Map<string, string>): void {
  const match = /^#[ \t]+TYPE[ \t]+(\S+)[ \t]+(\S+)[ \t]*$/.exec(line);
  if (match?.[1] !== undefined && match[2] !== undefined) types.set(match[1], match[2]);
}

function readSample(cursor: Cursor, openMetrics: boolean): Sample {
  cursor.skipBlanks();
  const named = cursor.peek() === '{' ? null : cursor.readName(/[A-Za-z0-9_:]/);
  cursor.skipBlanks();
  const { labels, quotedName } =
    cursor.peek() === '{' ? readLabels(cursor) : { labels: {}, quotedName: null };
  const name = named ?? quotedName;
  if (name === null || name === '') cursor.fail('expected a metric name');
  cursor.skipBlanks();
  const value = readValue(cursor);
  cursor.skipBlanks();
  const timestamp = cursor.atEnd() || cursor.peek() === '#' ? null : readTimestamp(cursor, openMetrics);
  cursor.skipBlanks();
  // What follows a # is an exemplar: it says where a sample came from, not how much there is.
  if (!cursor.atEnd() && !(openMetrics && cursor.peek() === '#'))
    cursor.fail('unexpected text after the value');
  return { name, labels, value, timestamp };
}

/** `{a="b",c="d",}`; a quoted string without `=` is a UTF-8 metric name (Prometheus 3). */
function readLabels(cursor: Cursor): { labels: Record<string, string>; quotedName: string | null } {
  const labels = new Map<string, string>();
  let quotedName: string | null = null;
  cursor.expect('{');
  for (;;) {
    cursor.skipBlanks();
    if (cursor.peek() === '}') break;
    const quoted = cursor.peek() === '"';
    const name = quoted ? cursor.readQuoted() : cursor.readName(/[A-Za-z0-9_]/);
    cursor.skipBlanks();
    if (quoted && cursor.peek() !== '=') {
      if (quotedName !== null || labels.size > 0) cursor.fail('expected = after a label name');
      quotedName = name;
    } else {
      cursor.expect('=');
      cursor.skipBlanks();
      if (labels.has(name)) cursor.fail(`the label ${name} appears twice`);
      labels.set(name, cursor.readQuoted());
      if (labels.size > maxLabels) cursor.fail(`more than ${maxLabels} labels`);
      cursor.skipBlanks();
    }
    if (cursor.peek() === ',') cursor.expect(',');
    else if (cursor.peek() !== '}') cursor.fail('expected , or } after a label');
  }
  cursor.expect('}');
  return { labels: Object.fromEntries(labels), quotedName };
}

/** Go's float syntax as exporters use it: decimals, exponents, `NaN`, `+Inf`, `-Inf`. */
function readValue(cursor: Cursor): number {
  const word = cursor.readWord();
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word)) return Number(word);
  if (/^nan$/i.test(word)) return Number.NaN;
  const infinity = /^([+-]?)inf(inity)?$/i.exec(word);
  if (infinity !== null) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return cursor.fail(`${JSON.stringify(word.slice(0, 40))} is not a sample value`);
}

/** The text format counts ms, OpenMetrics seconds. */
function readTimestamp(cursor: Cursor, openMetrics: boolean): number {
  const word = cursor.readWord();
  const known = openMetrics ? /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/ : /^-?\d+$/;
  if (!known.test(word)) cursor.fail(`${JSON.stringify(word.slice(0, 40))} is not a timestamp`);
  return openMetrics ? Math.round(Number(word) * 1_000) : Number(word);
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
