import { BuiltinError } from './builtin.ts';
import { layoutElement, layoutOf, months, weekdays } from './time-layout.ts';

/** What a text says of a moment: a calendar date and time, with an offset when it names one. */
export interface ParsedTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  offset: number | undefined;
  zone: string | undefined;
}

/** Reads a text by a layout of Go's time package. Throws `BuiltinError`. */
export function parseTime(layout: string, text: string): ParsedTime {
  const time: ParsedTime = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    offset: undefined,
    zone: undefined,
  };
  const actual = layoutOf(layout);
  const state = { text, at: 0, pm: undefined as boolean | undefined, twelve: false };
  const wrong = (): never => {
    throw new BuiltinError(
      `parsing time ${JSON.stringify(text)} as ${JSON.stringify(actual)}: cannot parse ${JSON.stringify(text.slice(state.at))}`,
    );
  };
  let from = 0;
  for (const match of actual.matchAll(layoutElement)) {
    literal(actual.slice(from, match.index), state, wrong);
    readPart(match[0], time, state, wrong);
    from = match.index + match[0].length;
    if (/^0?5$/.test(match[0]) && !/^[.,](?:0|9)/.test(actual.slice(from))) optionalFraction(time, state);
  }
  literal(actual.slice(from), state, wrong);
  if (state.at < text.length)
    throw new BuiltinError(
      `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(text.slice(state.at))}`,
    );
  if (state.pm === true && time.hour < 12) time.hour += 12;
  if (state.pm === false && time.hour === 12) time.hour = 0;
  checkRange(time, text);
  return time;
}

interface ReadState {
  readonly text: string;
  at: number;
  pm: boolean | undefined;
}

function literal(expected: string, state: ReadState, wrong: () => never): void {
  for (const c of expected) {
    if (state.text[state.at] !== c) wrong();
    state.at += 1;
  }
}

/** Go accepts a fraction of a second that the layout does not mention. */
function optionalFraction(time: ParsedTime, state: ReadState): void {
  const digits = /^[.,](\d+)/.exec(state.text.slice(state.at));
  if (digits === null) return;
  time.nanosecond = Number((digits[1] ?? '').slice(0, 9).padEnd(9, '0'));
  state.at += digits[0].length;
}

function readPart(part: string, time: ParsedTime, state: ReadState, wrong: () => never): void {
  const take = (pattern: RegExp): string => {
    const match = pattern.exec(state.text.slice(state.at));
    if (match === null) return wrong();
    state.at += match[0].length;
    return match[0];
  };
  const name = (names: readonly string[], length: number | undefined): number => {
    const index = names.findIndex((candidate) => {
      const wanted = length === undefined ? candidate : candidate.slice(0, length);
      return state.text.slice(state.at, state.at + wanted.length).toLowerCase() === wanted.toLowerCase();
    });
    if (index === -1) wrong();
    state.at += length ?? (names[index] as string).length;
    return index;
  };
  switch (part) {
    case '2006':
      time.year = Number(take(/^\d{4}/));
      return;
    case '06': {
      const year = Number(take(/^\d{2}/));
      time.year = year >= 69 ? 1900 + year : 2000 + year;
      return;
    }
    case 'January':
      time.month = name(months, undefined) + 1;
      return;
    case 'Jan':
      time.month = name(months, 3) + 1;
      return;
    case '01':
      time.month = Number(take(/^\d{2}/));
      return;
    case '1':
      time.month = Number(take(/^\d{1,2}/));
      return;
    case 'Monday':
      name(weekdays, undefined);
      return;
    case 'Mon':
      name(weekdays, 3);
      return;
    case '02':
      time.day = Number(take(/^\d{2}/));
      return;
    case '_2':
    case '2':
      time.day = Number(take(/^ ?\d{1,2}/));
      return;
    case '002':
    case '__2': {
      const days = Number(take(/^ {0,2}\d{1,3}/));
      time.month = 1;
      time.day = days;
      return;
    }
    case '15':
      time.hour = Number(take(/^\d{2}/));
      return;
    case '03':
      time.hour = Number(take(/^\d{2}/));
      return;
    case '3':
      time.hour = Number(take(/^\d{1,2}/));
      return;
    case '04':
      time.minute = Number(take(/^\d{2}/));
      return;
    case '4':
      time.minute = Number(take(/^\d{1,2}/));
      return;
    case '05':
      time.second = Number(take(/^\d{2}/));
      return;
    case '5':
      time.second = Number(take(/^\d{1,2}/));
      return;
    case 'PM':
      state.pm = take(/^(?:AM|PM)/) === 'PM';
      return;
    case 'pm':
      state.pm = take(/^(?:am|pm)/) === 'pm';
      return;
    case 'MST':
      time.zone = take(/^(?:[A-Z]{3,5}|[+-]\d{2})/);
      return;
    default:
      if (/^[.,]/.test(part)) readFraction(part, time, take);
      else readZone(part, time, state, take);
  }
}

function readFraction(part: string, time: ParsedTime, take: (pattern: RegExp) => string): void {
  const text = part[1] === '0' ? take(new RegExp(`^[.,]\\d{${part.length - 1}}`)) : take(/^(?:[.,]\d+)?/);
  time.nanosecond = Number(text.slice(1, 10).padEnd(9, '0'));
}

function readZone(part: string, time: ParsedTime, state: ReadState, take: (pattern: RegExp) => string): void {
  if (part.startsWith('Z') && state.text[state.at] === 'Z') {
    state.at += 1;
    time.offset = 0;
    return;
  }
  const colon = part.includes(':');
  const digits = part.slice(1).replaceAll(':', '').length;
  const pattern = [
    '^[+-]\\d{2}',
    digits >= 4 ? `${colon ? ':' : ''}\\d{2}` : '',
    digits === 6 ? `${colon ? ':' : ''}\\d{2}` : '',
  ];
  const text = take(new RegExp(pattern.join('')));
  const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).replaceAll(':', '').match(/\d{2}/g) ?? []).map(
    Number,
  );
  time.offset = (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

function checkRange(time: ParsedTime, text: string): void {
  const out = (what: string): never => {
    throw new BuiltinError(`parsing time ${JSON.stringify(text)}: ${what} out of range`);
  };
  if (time.month < 1 || time.month > 12) out('month');
  const days = new Date(Date.UTC(2000 + (time.year % 400), time.month, 0)).getUTCDate();
  if (time.day < 1 || (time.day > days && time.day > 31)) out('day');
  if (time.day > days && time.month !== 1) out('day');
  if (time.hour > 23) out('hour');
  if (time.minute > 59) out('minute');
  if (time.second > 59) out('second');
}
