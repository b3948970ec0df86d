import { isNumber } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import { fromBigInt } from '../value/number.ts';
import type { Value } from '../value/types.ts';
import {
  type Builtin,
  BuiltinError,
  bigOperand,
  define,
  integerOperand,
  OperandError,
  operandError,
  stringOperand,
} from './builtin.ts';
import { type Civil, formatTime, RFC3339_NANO, weekdays } from './time-layout.ts';
import { type ParsedTime, parseTime } from './time-parse.ts';

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;
const SECOND = 1_000_000_000n;

function inRange(ns: bigint): Value {
  if (ns < LEAST || ns > MOST) throw new BuiltinError('time outside of valid range');
  return fromBigInt(ns);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The offset of a place at a moment, in seconds, and the name of its zone. */
function zoneAt(place: string, seconds: number): { offset: number; zone: string } {
  if (place === 'UTC' || place === '') return { offset: 0, zone: 'UTC' };
  let formatter = formatters.get(place);
  if (formatter === undefined) {
    try {
      formatter = new Intl.DateTimeFormat('en-US', {
        timeZone: place === 'Local' ? 'UTC' : place,
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
        timeZoneName: 'short',
      });
    } catch {
      throw new BuiltinError(`unknown time zone ${place}`);
    }
    formatters.set(place, formatter);
  }
  const parts = Object.fromEntries(
    formatter.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]),
  );
  const n = (type: string): number => Number(parts[type]);
  const year = parts.era === 'BC' ? 1 - n('year') : n('year');
  const local = utcSeconds(year, n('month'), n('day'), n('hour'), n('minute'), n('second'));
  return { offset: local - seconds, zone: parts.timeZoneName ?? place };
}

/** Seconds since the epoch of a date in UTC; every part may be out of its range, as in Go's time.Date. */
function utcSeconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / 1000) + hour * 3600 + minute * 60 + second;
}

/** Seconds since the epoch of a wall-clock time at a place. */
function placeSeconds(local: number, place: string): number {
  const guess = local - zoneAt(place, local).offset;
  return local - zoneAt(place, guess).offset;
}

function split(ns: bigint): { seconds: number; nanosecond: number } {
  const nanosecond = ((ns % SECOND) + SECOND) % SECOND;
  return { seconds: Number((ns - nanosecond) / SECOND), nanosecond: Number(nanosecond) };
}

function civilAt(ns: bigint, place: string): Civil {
  const { seconds, nanosecond } = split(ns);
  const { offset, zone } = zoneAt(place, seconds);
  const date = new Date((seconds + offset) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond,
    weekday: date.getUTCDay(),
    offset,
    zone,
  };
}

interface Moment {
  readonly ns: bigint;
  readonly place: string;
  readonly layout: string;
}

/** `ns`, `[ns, "place"]` or `[ns, "place", "layout"]`. */
function momentOperand(args: readonly Value[], position: number): Moment {
  const value = args[position - 1] as Value;
  const parts = isNumber(value) ? [value] : value;
  if (!Array.isArray(parts)) throw operandError(position, 'one of {number, array}', typeName(value));
  const [first, place = 'UTC', layout = ''] = parts as readonly Value[];
  if (first === undefined || !isNumber(first))
    throw new OperandError(`operand ${position} must be array of [ns, tz] containing number`);
  if (typeof place !== 'string' || typeof layout !== 'string')
    throw new OperandError(`operand ${position} must be array of [ns, tz] containing string`);
  const ns = bigOperand([first], 1);
  if (ns < LEAST || ns > MOST) throw new BuiltinError('timestamp too big');
  return { ns, place, layout };
}

function toNanoseconds(time: ParsedTime, place: string): Value {
  const local = utcSeconds(time.year, time.month, time.day, time.hour, time.minute, time.second);
  const seconds = time.offset === undefined ? placeSeconds(local, place) : local - time.offset;
  return inRange(BigInt(seconds) * SECOND + BigInt(time.nanosecond));
}

function addDate(args: readonly Value[]): Value {
  const { ns, place } = momentOperand(args, 1);
  const civil = civilAt(ns, place);
  const year = civil.year + integerOperand(args, 2);
  const month = civil.month + integerOperand(args, 3);
  const day = civil.day + integerOperand(args, 4);
  const local = utcSeconds(year, month, day, civil.hour, civil.minute, civil.second);
  if (!Number.isFinite(local)) throw new BuiltinError('time outside of valid range');
  return inRange(BigInt(placeSeconds(local, place)) * SECOND + BigInt(civil.nanosecond));
}

/** Years, months, days, hours, minutes and seconds between two moments, in the place of the first. */
function difference(args: readonly Value[]): Value {
  const a = momentOperand(args, 1);
  const b = momentOperand(args, 2);
  const [earlier, later] = a.ns <= b.ns ? [a.ns, b.ns] : [b.ns, a.ns];
  const from = civilAt(earlier, a.place);
  const to = civilAt(later, a.place);
  const parts = [
    to.year - from.year,
    to.month - from.month,
    to.day - from.day,
    to.hour - from.hour,
    to.minute - from.minute,
    to.second - from.second,
  ] as [number, number, number, number, number, number];
  if (to.nanosecond < from.nanosecond) parts[5] -= 1;
  const sizes = [0, 12, daysInMonth(from.year, from.month), 24, 60, 60];
  for (let i = 5; i > 0; i -= 1) {
    if ((parts[i] as number) >= 0) continue;
    parts[i] = (parts[i] as number) + (sizes[i] as number);
    parts[i - 1] = (parts[i - 1] as number) - 1;
  }
  return parts;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

const durationUnits: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
  d: 86_400n * SECOND,
  w: 7n * 86_400n * SECOND,
  y: 365n * 86_400n * SECOND,
};

/** Go's time.ParseDuration, with days, weeks of 7 and years of 365 of them as in OPA. */
function parseDuration(text: string): Value {
  const invalid = (): never => {
    throw new BuiltinError(`time: invalid duration ${JSON.stringify(text)}`);
  };
  const sign = text.startsWith('-') ? -1n : 1n;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') invalid();
  let total = 0n;
  while (rest !== '') {
    const part = /^(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h|d|w|y)/.exec(rest);
    if (part === null || (part[1] === '' && (part[2] ?? '') === '')) return invalid();
    const [whole, digits = '', fraction = '', unit = ''] = part;
    const size = durationUnits[unit] ?? 1n;
    const shortened = fraction.slice(0, 18);
    total += BigInt(digits === '' ? 0 : digits) * size;
    if (shortened !== '') total += (BigInt(shortened) * size) / 10n ** BigInt(shortened.length);
    rest = rest.slice(whole.length);
  }
  return inRange(sign * total);
}

const onMoment = (
  name: string,
  result: 'array' | 'string',
  operation: (civil: Civil, moment: Moment) => Value,
): Builtin =>
  define(name, [['number', 'array']], result, (args) => {
    const moment = momentOperand(args, 1);
    return operation(civilAt(moment.ns, moment.place), moment);
  });

export const time: readonly Builtin[] = [
  {
    ...define('time.now_ns', [], 'number', (_args, { nowNs }) => fromBigInt(nowNs())),
    isNondeterministic: true,
  },
  define('time.parse_ns', ['string', 'string'], 'number', (args) =>
    toNanoseconds(parseTime(stringOperand(args, 1), stringOperand(args, 2)), 'UTC'),
  ),
  define('time.parse_rfc3339_ns', ['string'], 'number', (args) =>
    toNanoseconds(parseTime('RFC3339', stringOperand(args, 1)), 'UTC'),
  ),
  define('time.parse_duration_ns', ['string'], 'number', (args) => parseDuration(stringOperand(args, 1))),
  onMoment('time.date', 'array', ({ year, month, day }) => [year, month, day]),
  onMoment('time.clock', 'array', ({ hour, minute, second }) => [hour, minute, second]),
  onMoment('time.weekday', 'string', ({ weekday }) => weekdays[weekday] as string),
  onMoment('time.format', 'string', (civil, { layout }) =>
    formatTime(civil, layout === '' ? RFC3339_NANO : layout),
  ),
  define('time.add_date', [['number', 'array'], 'number', 'number', 'number'], 'number', addDate),
  define(
    'time.diff',
    [
      ['number', 'array'],
      ['number', 'array'],
    ],
    'array',
    difference,
  ),
];
