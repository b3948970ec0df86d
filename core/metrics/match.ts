/**
 * The one place that says when a label has a wanted value. `5xx` (also `2xx` …) stands for a class of status
 * codes: any three characters that begin with that digit, in Prometheus the regex matcher `5..`. So the series
 * `code="503"` and an exporter's own `code="5xx"` both match. Everything else is compared literally.
 */
const statusClass = /^([1-5])xx$/;

/** True when a series with label value `actual` (undefined: no such label) has the wanted value. */
export function labelMatches(actual: string | undefined, wanted: string): boolean {
  const digit = statusClass.exec(wanted)?.[1];
  // Prometheus reads an absent label as the empty string; so do we.
  if (digit === undefined) return (actual ?? '') === wanted;
  return actual !== undefined && actual.length === 3 && actual.startsWith(digit);
}

/** True when every wanted label matches. An empty `match` matches every series. */
export function labelsMatch(
  labels: Readonly<Record<string, string>>,
  match: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(match).every(([name, wanted]) =>
    labelMatches(Object.hasOwn(labels, name) ? labels[name] : undefined, wanted),
  );
}

/** `metric{a="b",code=~"5.."}`: the PromQL selector of the same series, values escaped. */
export function promqlSelector(metric: string, match: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(match).map(([name, wanted]) => {
    const digit = statusClass.exec(wanted)?.[1];
    return digit === undefined ? `${name}=${promqlString(wanted)}` : `${name}=~"${digit}.."`;
  });
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

/** A PromQL string literal (Go's rules of escaping). */
export function promqlString(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
