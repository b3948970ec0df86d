/** Measurements that are lists of named things, as a person reads them. */
export interface MeasuredTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that are left out for want of room. */
  readonly hidden: number;
}

const mostRows = 20;
const mostColumns = 9;

/**
 * Every list of the measurements whose entries are named (`name` or `metric`), with what is simple in them: objectives
 * with what is left of their budgets, metrics with what they were compared with.
 */
export function measuredTables(measurements: Readonly<Record<string, unknown>>): readonly MeasuredTable[] {
  return Object.entries(measurements).flatMap(([key, value]) => tableOf(key, value) ?? []);
}

function tableOf(key: string, value: unknown): MeasuredTable | null {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isNamed)) return null;
  const known = new Set(value.flatMap((row) => Object.keys(row).filter((column) => isSimple(row[column]))));
  // What nobody of them has (all null) says nothing.
  const telling = [...known].filter((column) =>
    value.some((row) => row[column] !== null && row[column] !== undefined),
  );
  const columns = telling.slice(0, mostColumns);
  if (columns.length < 2) return null;
  return {
    title: words(key),
    columns: columns.map(words),
    rows: value.slice(0, mostRows).map((row) => columns.map((column) => shown(row[column]))),
    hidden: Math.max(0, value.length - mostRows),
  };
}

function isNamed(entry: unknown): entry is Readonly<Record<string, unknown>> {
  if (typeof entry !== 'object' || entry === null) return false;
  const { name, metric } = entry as { readonly name?: unknown; readonly metric?: unknown };
  return typeof name === 'string' || typeof metric === 'string';
}

function isSimple(value: unknown): boolean {
  return value === null || ['number', 'string', 'boolean'].includes(typeof value);
}

function shown(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  return isSimple(value) && value !== null ? String(value).slice(0, 80) : '–';
}

function words(key: string): string {
  return key.replaceAll('_', ' ');
}
