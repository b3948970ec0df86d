import { FormatError } from '../model.ts';
import { type Format, isRecord } from './format.ts';
import { linesOf } from './lines.ts';
import { loadRun, perSecond, statusCounts } from './load.ts';
import { latenciesOf } from './requests.ts';

/**
 * `k6 run --out json`: one JSON object a line, every sample raw, so that status codes and any quantile can be
 * had. Thresholds are not in it: k6 judges them only in its summary.
 */
export const k6Stream: Format = {
  name: 'k6-stream',
  recognizes: ({ text }) => /^\{"(type|metric)":/.test(text) && /^\{[^\n]*"type":"(Metric|Point)"/.test(text),
  parse({ text }) {
    const seen = newTally();
    let number = 0;
    for (const line of linesOf(text)) {
      number += 1;
      if (line.trim() !== '') addLine(seen, line, number);
    }
    if (seen.points === 0) throw new FormatError('the stream has no points');
    const durationMs = seen.last - seen.first;
    return loadRun({
      tool: 'k6',
      durationMs,
      requests: seen.requests,
      failures: seen.judged === 0 ? null : seen.failures,
      statuses: statusCounts(seen.statuses),
      throughput: perSecond(seen.requests, durationMs),
      dropped: seen.dropped,
      iterations: seen.iterations,
      ...latenciesOf({ at: seen.at, elapsedMs: seen.elapsedMs }),
    });
  },
};

/** What is kept of a stream: a run of an hour has more points than can be held. */
interface Tally {
  points: number;
  first: number;
  last: number;
  requests: number;
  judged: number;
  failures: number;
  dropped: number;
  iterations: number;
  readonly statuses: Map<string, number>;
  readonly at: number[];
  readonly elapsedMs: number[];
}

function newTally(): Tally {
  return {
    ...{ points: 0, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY },
    ...{ requests: 0, judged: 0, failures: 0, dropped: 0, iterations: 0 },
    ...{ statuses: new Map<string, number>(), at: [], elapsedMs: [] },
  };
}

function addLine(seen: Tally, line: string, number: number): void {
  const json = parseJson(line);
  if (!isRecord(json)) throw new FormatError(`line ${number} is not JSON: the stream was cut off`);
  if (json.type !== 'Point' || !isRecord(json.data)) return;
  const { time, value, tags } = json.data;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (typeof json.metric !== 'string' || typeof value !== 'number' || Number.isNaN(at)) {
    throw new FormatError(`line ${number} is a point without metric, time or value`);
  }
  seen.points += 1;
  seen.first = Math.min(seen.first, at);
  seen.last = Math.max(seen.last, at);
  addPoint(seen, json.metric, at, value, isRecord(tags) ? String(tags.status ?? '') : '');
}

/** What is read of a stream: none of it is ever below nothing. */
const counted = new Set([
  'http_reqs',
  'http_req_failed',
  'http_req_duration',
  'iterations',
  'dropped_iterations',
]);

function addPoint(seen: Tally, metric: string, at: number, value: number, status: string): void {
  if (counted.has(metric) && !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new FormatError(`a point of ${metric} is ${value}: edited, or broken on its way`);
  switch (metric) {
    case 'http_reqs':
      seen.requests += value;
      seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + value);
      break;
    case 'http_req_failed':
      seen.judged += 1;
      seen.failures += value;
      break;
    case 'http_req_duration':
      seen.at.push(at);
      seen.elapsedMs.push(value);
      break;
    case 'iterations':
      seen.iterations += value;
      break;
    case 'dropped_iterations':
      seen.dropped += value;
      break;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
