import {
  formatSelector,
  type Matcher,
  parseCounterQuery,
  type Selector,
} from '../../../core/metrics/selector.ts';
import type { Measure } from '../model.ts';
import { formatWindow } from '../windows.ts';

const windowVariable = /\{\{\s*\.window\s*\}\}/g;

/** True when a query says itself where the window goes, as Sloth's do. */
export function hasWindow(query: string): boolean {
  return query.search(windowVariable) !== -1;
}

/**
 * A document's query as a measure. A query that only counts one counter becomes that counter, so that every
 * source can answer it. In anything else the window is put where the query has one: `{{.window}}`, or a fixed
 * range such as `[5m]`; without one, a counter's increase is taken over a subquery.
 */
export function measureOf(query: string, options: { readonly counter: boolean }): Measure {
  const text = query.trim();
  const selector = options.counter ? parseCounterQuery(text) : null;
  if (selector !== null) return { kind: 'counter', selector };
  const perSecond = /\bi?rate\s*\(/.test(text);
  if (hasWindow(text)) return { kind: 'promql', text, perSecond };
  const ranged = text.replace(/\[\s*[0-9][0-9a-z]*\s*\]/g, '[{{.window}}]');
  if (ranged !== text) return { kind: 'promql', text: ranged, perSecond };
  const over = options.counter ? 'increase' : 'sum_over_time';
  return { kind: 'promql', text: `sum(${over}((${text})[{{.window}}:]))`, perSecond: false };
}

/** The PromQL that gives the number of events in the window that ends now. */
export function promqlOf(measure: Measure, windowMs: number, match: readonly Matcher[]): string {
  if (measure.kind === 'counter') {
    return `sum(increase(${formatSelector(narrowed(measure.selector, match))}[${formatWindow(windowMs)}]))`;
  }
  const spanMs = Math.max(windowMs, measure.leastMs ?? 0);
  const text = withWindow(measure.text, spanMs);
  return measure.perSecond ? `(${text}) * ${spanMs / 1_000}` : text;
}

export function withWindow(text: string, windowMs: number): string {
  return text.replace(windowVariable, formatWindow(windowMs));
}

/** The selector with further matchers; what it says itself about such a label is replaced. */
export function narrowed(selector: Selector, match: readonly Matcher[]): Selector {
  const replaced = new Set(match.map((matcher) => matcher.name));
  return {
    ...selector,
    matchers: [...selector.matchers.filter(({ name }) => !replaced.has(name)), ...match],
  };
}

/** `5xx` is a class of codes (see `core/metrics/match.ts`); anything else is literal. */
export function wanted(name: string, value: string): Matcher {
  const digit = /^([1-5])xx$/.exec(value)?.[1];
  return digit === undefined ? { name, op: '=', value } : { name, op: '=~', value: `${digit}..` };
}
