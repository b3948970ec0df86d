import { compileLabelPattern } from './pattern.ts';
import type { Selector } from './selector.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * A function that says whether a series' labels satisfy the selector's matchers, for sources that cannot
 * evaluate PromQL. An absent label is the empty string, regular expressions are anchored, as in Prometheus.
 * Null when a regular expression is outside the subset of `compileLabelPattern`.
 */
export function selects(selector: Selector): ((labels: Labels) => boolean) | null {
  const tests: ((labels: Labels) => boolean)[] = [];
  for (const { name, op, value } of selector.matchers) {
    const labelOf = (labels: Labels): string => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '');
    if (op === '=') tests.push((labels) => labelOf(labels) === value);
    else if (op === '!=') tests.push((labels) => labelOf(labels) !== value);
    else {
      const matches = compileLabelPattern(value);
      if (matches === null) return null;
      const wanted = op === '=~';
      tests.push((labels) => matches(labelOf(labels)) === wanted);
    }
  }
  return (labels) => tests.every((test) => test(labels));
}
