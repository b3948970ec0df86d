import { createHash } from 'node:crypto';
import type { Parity } from './read.ts';
import { isSame, type Row, textOf } from './row.ts';

/** The old and the new query over one snapshot, row by row. Values stay out of it: it becomes evidence. */
export interface ParityReport {
  readonly verdict: 'equal' | 'different' | 'empty' | 'too-many-rows' | 'unstable';
  readonly rowsOld: number;
  readonly rowsNew: number;
  readonly compared: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** Rows whose key another row of the same query has as well. */
  readonly ambiguous: number;
  /** SHA-256 over the rows in the order of their keys. */
  readonly digestOld: string;
  readonly digestNew: string;
  /** The first keys that differ, and the columns in which they do. */
  readonly examples: readonly { readonly key: string; readonly columns: readonly string[] }[];
}

/** Compares rows by key. Columns are those of either side; a column that one side lacks differs in every row. */
export function compareRows(
  old: readonly Row[],
  fresh: readonly Row[],
  { key, tolerance }: Pick<Parity, 'key' | 'tolerance'>,
  limit: number,
): ParityReport {
  const left = byKey(old, key);
  const right = byKey(fresh, key);
  const examples: { key: string; columns: readonly string[] }[] = [];
  const count = { compared: 0, missing: 0, extra: 0, different: 0 };
  const note = (at: string, columns: readonly string[]): void => {
    if (examples.length < 10) examples.push({ key: shown(at), columns });
  };
  for (const [at, row] of left.rows) {
    const other = right.rows.get(at);
    if (other === undefined) {
      count.missing++;
      note(at, ['(missing in the new rows)']);
      continue;
    }
    count.compared++;
    const columns = differingColumns(row, other, tolerance);
    if (columns.length > 0) {
      count.different++;
      note(at, columns);
    }
  }
  for (const at of right.rows.keys()) {
    if (left.rows.has(at)) continue;
    count.extra++;
    note(at, ['(missing in the old rows)']);
  }
  const ambiguous = left.ambiguous + right.ambiguous;
  const equal = count.missing + count.extra + count.different + ambiguous === 0;
  return {
    verdict:
      old.length > limit || fresh.length > limit
        ? 'too-many-rows'
        : old.length + fresh.length === 0
          ? 'empty'
          : equal
            ? 'equal'
            : 'different',
    rowsOld: old.length,
    rowsNew: fresh.length,
    ...count,
    ambiguous,
    digestOld: digest(left.rows),
    digestNew: digest(right.rows),
    examples,
  };
}

/** Numbers and UUIDs are names of rows; any other key may be somebody's name or address, and is shown by its hash. */
function shown(at: string): string {
  const parts = JSON.parse(at) as readonly (string | null)[];
  const isPlain = parts.every(
    (part) => part === null || /^(-?\d{1,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(part),
  );
  return isPlain ? parts.join(', ') : `sha256:${sha256([at]).slice(0, 16)}`;
}

function byKey(rows: readonly Row[], key: readonly string[]): { rows: Map<string, Row>; ambiguous: number } {
  const found = new Map<string, Row>();
  let ambiguous = 0;
  for (const row of rows) {
    const absent = key.find((column) => !(column in row));
    if (absent !== undefined) throw new Error(`the rows have no column ${absent}, which the key names`);
    const at = JSON.stringify(key.map((column) => textOf(row[column])));
    if (found.has(at)) ambiguous++;
    found.set(at, row);
  }
  return { rows: found, ambiguous };
}

function differingColumns(row: Row, other: Row, tolerance: Readonly<Record<string, number>>): string[] {
  return [...new Set([...Object.keys(row), ...Object.keys(other)])].filter((column) => {
    if (!(column in row) || !(column in other)) return true;
    if (isSame(row[column], other[column])) return false;
    const [a, b] = [textOf(row[column]), textOf(other[column])];
    const allowed = tolerance[column];
    // A NULL is not a number near zero, and a difference that is no number is not within a tolerance.
    return allowed === undefined || a === null || b === null || !(Math.abs(Number(a) - Number(b)) <= allowed);
  });
}

function digest(rows: ReadonlyMap<string, Row>): string {
  return sha256(
    [...rows.keys()].sort().map((at) => {
      const row = rows.get(at) ?? {};
      return JSON.stringify(
        Object.keys(row)
          .sort()
          .map((column) => [column, textOf(row[column])]),
      );
    }),
  );
}

function sha256(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line).update('\n');
  return hash.digest('hex');
}
