/** A row as Postgres itself writes it; a number is kept as its digits. */
export type Row = Readonly<Record<string, unknown>>;

/** A number by its digits: `10.50` is 10.5, `1e3` is 1000, and none is too large or too exact. */
export class Numeral {
  readonly digits: string;
  constructor(text: string) {
    this.digits = digitsOf(text);
  }

  /** No text of Postgres holds a zero byte: inside a document, a number is never taken for a text. */
  toJSON(): string {
    return `\u0000${this.digits}`;
  }
}

/**
 * A query that gives each row of another as one JSON text (`row`): times keep their microseconds and whether they have a
 * zone, numbers all of their digits.
 */
export function asDocuments(sql: string): string {
  return `SELECT row_to_json("the row")::text AS "row" FROM (${sql}) AS "the row"`;
}

/** Reads what such a query gave. @throws SyntaxError for text that is no JSON */
export function parseRow(row: unknown): Row {
  return JSON.parse(String(row), keepDigits) as Row;
}

/** Since ES2025 a reviver is told how a number was written. */
function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new Numeral(context?.source ?? String(value)) : value;
}

/** One text for one value; null is no value. Documents are written with their keys in order. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Numeral) return value.digits;
  if (typeof value === 'number') return digitsOf(String(value));
  return typeof value === 'object' ? JSON.stringify(value, inOneOrder) : String(value);
}

/** Whether two values are the same; a number is also the same as a text that writes it. */
export function isSame(left: unknown, right: unknown): boolean {
  const [a, b] = [textOf(left), textOf(right)];
  if (a === b || a === null || b === null) return a === b;
  return (isNumber(left) || isNumber(right)) && digitsOf(a) === digitsOf(b);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value instanceof Numeral;
}

/** `json` keeps the order of its keys, which says nothing. */
function inOneOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Without zeros that say nothing, and without an exponent. What is no number is given back: so is `007`. */
function digitsOf(text: string): string {
  const parts = /^(-?)(0|[1-9]\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const point = whole.length + Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`.padEnd(Math.max(0, point), '0');
  const at = Math.max(0, point);
  const before = digits.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const after = digits.slice(at).replace(/0+$/, '');
  const plain = after === '' ? before : `${before}.${after}`;
  return plain === '0' ? '0' : `${sign}${plain}`;
}
