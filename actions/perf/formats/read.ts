import { FormatError, type PerfRun } from '../model.ts';
import { autocannon } from './autocannon.ts';
import { benchmark } from './benchmark.ts';
import { foreignTo } from './foreign.ts';
import type { Format } from './format.ts';
import { goBench } from './go-bench.ts';
import { hey } from './hey.ts';
import { jmeter } from './jmeter.ts';
import { k6Export, k6MachineReadable, k6Summary } from './k6.ts';
import { k6Stream } from './k6-stream.ts';
import { locust } from './locust.ts';
import { type FormatName, formatNames } from './names.ts';
import { oha } from './oha.ts';
import { sound, withoutOverflow } from './sound.ts';
import { textOf } from './text.ts';
import { vegeta } from './vegeta.ts';
import { wrk } from './wrk.ts';

const formats: Readonly<Record<FormatName, Format>> = {
  'k6-summary': k6Summary,
  'k6-machine-readable': k6MachineReadable,
  'k6-export': k6Export,
  'k6-stream': k6Stream,
  'go-bench': goBench,
  ...{ autocannon, vegeta, oha, benchmark, locust, jmeter, wrk, hey },
};

/** A result file → a run. `auto` takes the first format that recognises it. Throws `FormatError`. */
export function readRun(path: string, bytes: Uint8Array, wanted: FormatName | 'auto'): PerfRun {
  const text = textOf(bytes);
  if (text.trim() === '') throw new FormatError('the file is empty');
  const input = { path, text, json: withoutOverflow(parseJson(text)) };
  if (wanted !== 'auto') return sound({ ...formats[wanted].parse(input), path });
  const name = formatNames.find((one) => formats[one].recognizes(input));
  if (name !== undefined) return sound({ ...formats[name].parse(input), path });
  const foreign = foreignTo(text);
  if (foreign !== null) throw new FormatError(foreign);
  const broken = input.json === undefined && /^\s*[[{]/.test(text);
  throw new FormatError(broken ? 'not JSON: cut off, or edited' : `not a result of ${readable}`);
}

const readable = 'k6, autocannon, vegeta, oha, wrk, hey, JMeter, Locust, go test, nor benchmark JSON';

function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
