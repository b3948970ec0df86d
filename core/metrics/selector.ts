import { promqlString } from './match.ts';

export interface Matcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A PromQL vector selector: `metric{label op "value", …}`. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** The selector as PromQL. */
export function formatSelector({ metric, matchers }: Selector): string {
  const inside = matchers.map(({ name, op, value }) => `${name}${op}${promqlString(value)}`).join(',');
  return inside === '' ? metric : `${metric}{${inside}}`;
}

/**
 * Recognises a query that only counts the events of one counter, and gives the counter's selector:
 * `m{…}`, `sum(m)`, `sum by (x) (rate(m[5m]))`, `sum(increase(m[{{.window}}])) without (y)`. Null for anything
 * else, which then has to be evaluated by the provider.
 */
export function parseCounterQuery(text: string): Selector | null {
  let rest = unwrap(text.trim());
  const summed = /^sum\b\s*(?:(?:by|without)\s*\([^()]*\)\s*)?\(/.exec(rest);
  if (summed !== null) {
    const inner = insideOf(rest, summed[0].length - 1);
    if (inner === null || !/^\s*(?:(?:by|without)\s*\([^()]*\)\s*)?$/.test(inner.after)) return null;
    rest = unwrap(inner.text.trim());
  }
  const counted = /^(?:rate|irate|increase)\s*\(/.exec(rest);
  if (counted === null) return parseSelector(rest);
  const inner = insideOf(rest, counted[0].length - 1);
  if (inner === null || inner.after.trim() !== '') return null;
  const ranged = /^([\s\S]*)\[\s*(?:\{\{\s*\.window\s*\}\}|[0-9a-z]+)\s*\]$/.exec(unwrap(inner.text.trim()));
  return ranged?.[1] === undefined ? null : parseSelector(ranged[1].trim());
}

/** `metric{a="b"}` or `{__name__="metric"}`; null when the text is anything else. */
export function parseSelector(text: string): Selector | null {
  const head = /^([a-zA-Z_:][a-zA-Z0-9_:]*)?\s*(?:\{([\s\S]*)\})?$/.exec(text);
  if (head === null) return null;
  const matchers = head[2] === undefined ? [] : parseMatchers(head[2]);
  if (matchers === null) return null;
  if (head[1] !== undefined) return { metric: head[1], matchers };
  const named = matchers.find((matcher) => matcher.name === '__name__' && matcher.op === '=');
  if (named === undefined) return null;
  return { metric: named.value, matchers: matchers.filter((matcher) => matcher !== named) };
}

const matcherStart = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*/;

function parseMatchers(text: string): readonly Matcher[] | null {
  const matchers: Matcher[] = [];
  let rest = text;
  while (rest.trim() !== '') {
    const head = matcherStart.exec(rest);
    const literal = head === null ? null : readLiteral(rest.slice(head[0].length));
    if (head?.[1] === undefined || literal === null) return null;
    matchers.push({ name: head[1], op: head[2] as Matcher['op'], value: literal.value });
    const separator = /^\s*(,|$)/.exec(literal.after);
    if (separator === null) return null;
    rest = literal.after.slice(separator[0].length);
  }
  return matchers;
}

/** A string literal in double quotes, single quotes or backticks at the start of `text`. */
function readLiteral(text: string): { readonly value: string; readonly after: string } | null {
  const quote = text.charAt(0);
  if (quote !== '"' && quote !== "'" && quote !== '`') return null;
  let value = '';
  for (let i = 1; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === quote) return { value, after: text.slice(i + 1) };
    if (character !== '\\' || quote === '`') {
      value += character;
      continue;
    }
    i += 1;
    const escaped = escapes[text.charAt(i)];
    if (escaped === undefined) return null;
    value += escaped;
  }
  return null;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  '"': '"',
  "'": "'",
  n: '\n',
  t: '\t',
  r: '\r',
};

/** Removes parentheses that enclose the whole text. */
function unwrap(text: string): string {
  const inner = text.startsWith('(') ? insideOf(text, 0) : null;
  return inner !== null && inner.after.trim() === '' ? unwrap(inner.text.trim()) : text;
}

/** What is between the parenthesis at `open` and its partner, and what follows; strings are skipped. */
function insideOf(text: string, open: number): { readonly text: string; readonly after: string } | null {
  let depth = 0;
  for (let i = open; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === '"' || character === "'" || character === '`') {
      const literal = readLiteral(text.slice(i));
      if (literal === null) return null;
      i = text.length - literal.after.length - 1;
    } else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0) return { text: text.slice(open + 1, i), after: text.slice(i + 1) };
  }
  return null;
}
