import { parseAddress } from './ip.ts';

type Format = (text: string) => boolean;

const matches =
  (pattern: RegExp): Format =>
  (text) =>
    pattern.test(text);

const isDate: Format = (text) => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(2000 + (year % 400), month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

const time = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

const isUri: Format = (text) => /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && URL.canParse(text);

/** Formats that are checked; others are taken as remarks. The patterns have no nested repetition. */
const formats: Readonly<Record<string, Format>> = {
  date: isDate,
  time: matches(time),
  'date-time': (text) =>
    isDate(text.slice(0, 10)) && /^[Tt ]$/.test(text.slice(10, 11)) && time.test(text.slice(11)),
  email: matches(/^[^\s@]+@[^\s@]+$/),
  hostname: (text) =>
    text.length <= 253 &&
    text.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)),
  ipv4: (text) => !text.includes(':') && parseAddress(text) !== undefined,
  ipv6: (text) => text.includes(':') && parseAddress(text) !== undefined,
  uri: isUri,
  uuid: matches(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i),
};

export function formatOf(name: string): Format | undefined {
  return Object.hasOwn(formats, name) ? formats[name] : undefined;
}
