/** Go's named layouts. */
const named: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
};

export const RFC3339_NANO = named.RFC3339Nano as string;

export const weekdays = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;
export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** The parts of a layout that stand for something. */
export const layoutElement =
  /January|Jan|Monday|Mon|MST|2006|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|01|02|03|04|05|06|002|__2|_2|15|PM|pm|1|2|3|4|5|[.,](?:0+|9+)(?!\d)/g;

/** A moment in the calendar of one place. */
export interface Civil {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  readonly weekday: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly zone: string;
}

export function layoutOf(name: string): string {
  return Object.hasOwn(named, name) ? (named[name] as string) : name;
}

const two = (n: number): string => String(n).padStart(2, '0');

function offsetText(offset: number, colon: boolean, seconds: boolean, hoursOnly = false): string {
  const size = Math.abs(offset);
  const parts = [two(Math.floor(size / 3600))];
  if (!hoursOnly) parts.push(two(Math.floor(size / 60) % 60));
  if (seconds) parts.push(two(size % 60));
  return (offset < 0 ? '-' : '+') + parts.join(colon ? ':' : '');
}

/** Writes a moment by a layout of Go's time package. */
export function formatTime(civil: Civil, layout: string): string {
  return layoutOf(layout).replace(layoutElement, (part) => formatPart(civil, part));
}

function formatPart(c: Civil, part: string): string {
  const hour12 = c.hour % 12 === 0 ? 12 : c.hour % 12;
  switch (part) {
    case '2006':
      return String(c.year).padStart(4, '0');
    case '06':
      return two(c.year % 100);
    case 'January':
      return months[c.month - 1] as string;
    case 'Jan':
      return (months[c.month - 1] as string).slice(0, 3);
    case '01':
      return two(c.month);
    case '1':
      return String(c.month);
    case 'Monday':
      return weekdays[c.weekday] as string;
    case 'Mon':
      return (weekdays[c.weekday] as string).slice(0, 3);
    case '02':
      return two(c.day);
    case '_2':
      return String(c.day).padStart(2, ' ');
    case '2':
      return String(c.day);
    case '002':
      return String(dayOfYear(c)).padStart(3, '0');
    case '__2':
      return String(dayOfYear(c)).padStart(3, ' ');
    case '15':
      return two(c.hour);
    case '03':
      return two(hour12);
    case '3':
      return String(hour12);
    case '04':
      return two(c.minute);
    case '4':
      return String(c.minute);
    case '05':
      return two(c.second);
    case '5':
      return String(c.second);
    case 'PM':
      return c.hour < 12 ? 'AM' : 'PM';
    case 'pm':
      return c.hour < 12 ? 'am' : 'pm';
    case 'MST':
      return c.zone;
    default:
      return /^[.,]/.test(part) ? fraction(c.nanosecond, part) : zoneText(c.offset, part);
  }
}

function zoneText(offset: number, part: string): string {
  if (part.startsWith('Z') && offset === 0) return 'Z';
  const body = part.slice(1);
  return offsetText(offset, body.includes(':'), body.replaceAll(':', '').length === 6, body.length === 2);
}

function fraction(nanosecond: number, part: string): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, part.length - 1)
    .padEnd(part.length - 1, '0');
  if (part[1] === '0') return part[0] + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : part[0] + trimmed;
}

function dayOfYear({ year, month, day }: Civil): number {
  return (
    Math.round(
      (Date.UTC(2000 + (year % 400), month - 1, day) - Date.UTC(2000 + (year % 400), 0, 1)) / 86_400_000,
    ) + 1
  );
}
