import { FormatError, type PerfRun } from '../model.ts';
import { autocannon } from './autocannon.ts';
import { benchmark } from './benchmark.ts';
import type { Format } from './format.ts';
import { goBench } from './go-bench.ts';
import { hey } from './hey.ts';
import { jmeter } from './jmeter.ts';
import { k6Export, k6Summary } from './k6.ts';
import { k6Stream } from './k6-stream.ts';
import type { FormatName } from './names.ts';
import { wrk } from './wrk.ts';

/** Every format, in the order in which a file is tried. */
const formats: readonly Format[] = [
  k6Summary,
  k6Export,
  k6Stream,
  autocannon,
  benchmark,
  goBench,
  jmeter,
  wrk,
  hey,
];

/** A result file → a run. `auto` takes the format that recognises it. Throws `FormatError`. */
export function readRun(path: string, bytes: Uint8Array, wanted: FormatName | 'auto'): PerfRun {
  const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, '');
  const input = { path, text, json: parseJson(text) };
  const format = formats.find((one) => (wanted === 'auto' ? one.recognizes(input) : one.name === wanted));
  if (format === undefined)
    throw new FormatError('not a result of k6, autocannon, wrk, hey, JMeter, go test or benchmark JSON');
  return { ...format.parse(input), path };
}

function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
