export type Value = unknown;
export type Row = Readonly<Record<string, Value>>;

/** A transaction as rows know it: who wrote them. */
export interface Writer {
  readonly touched: Tuple[];
}

/** Somebody else's transaction holds what a statement needs: the statement runs again when it has ended. */
export class Blocked {
  readonly by: Writer;

  constructor(by: Writer) {
    this.by = by;
  }
}

/** One row: what everybody sees, and what its one writer sees until it commits. */
export class Tuple {
  readonly table: Table;
  committed: Row | null = null;
  pending: Row | null = null;
  writer: Writer | null = null;

  constructor(table: Table) {
    this.table = table;
  }

  visibleTo(reader: Writer): Row | null {
    return this.writer === reader ? this.pending : this.committed;
  }

  /** Takes the row lock. Throws `Blocked` while somebody else has it. */
  lock(writer: Writer): void {
    if (this.writer === writer) return;
    if (this.writer !== null) throw new Blocked(this.writer);
    this.writer = writer;
    this.pending = this.committed;
    writer.touched.push(this);
  }

  write(row: Row | null, writer: Writer): void {
    this.lock(writer);
    this.pending = row === null ? null : Object.freeze(row);
    if (row !== null) this.table.remember(this, row);
  }

  /** The writer has ended; `commit` says how. */
  end(commit: boolean): void {
    if (commit) this.committed = this.pending;
    this.pending = null;
    this.writer = null;
    if (this.committed === null) this.table.forget(this);
  }
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly fallback: (() => Value) | null;
}

/** Rows in the order of their insertion, found by equality of any column. */
export class Table {
  readonly name: string;
  readonly columns = new Map<string, Column>();
  uniques: { readonly name: string; readonly columns: readonly string[] }[] = [];
  readonly tuples = new Set<Tuple>();
  readonly #lookups = new Map<string, Map<Value, Set<Tuple>>>();

  constructor(name: string) {
    this.name = name;
  }

  dropKey(name: string): void {
    this.uniques = this.uniques.filter((key) => key.name !== name);
  }

  insert(row: Row, writer: Writer): Tuple {
    const tuple = new Tuple(this);
    this.tuples.add(tuple);
    tuple.write(row, writer);
    return tuple;
  }

  /** Candidates for `column = value`: a superset, because former values of a row are found too. */
  lookup(column: string, value: Value): ReadonlySet<Tuple> {
    let index = this.#lookups.get(column);
    if (index === undefined) {
      index = new Map();
      this.#lookups.set(column, index);
      for (const tuple of this.tuples) {
        for (const row of [tuple.committed, tuple.pending])
          if (row !== null) addTo(index, row[column], tuple);
      }
    }
    return index.get(value) ?? none;
  }

  remember(tuple: Tuple, row: Row): void {
    for (const [column, index] of this.#lookups) addTo(index, row[column], tuple);
  }

  forget(tuple: Tuple): void {
    this.tuples.delete(tuple);
    for (const index of this.#lookups.values()) for (const found of index.values()) found.delete(tuple);
  }

  /** The row that stands in the way of `row` in one of the unique keys; nulls never do. */
  conflictOf(row: Row, key: readonly string[], writer: Writer): Tuple | null {
    if (key.some((column) => row[column] === null || row[column] === undefined)) return null;
    for (const tuple of this.lookup(key[0] as string, row[key[0] as string])) {
      const isOther = tuple.writer !== null && tuple.writer !== writer;
      for (const found of isOther ? [tuple.pending, tuple.committed] : [tuple.visibleTo(writer)]) {
        if (found === null || !key.every((column) => found[column] === row[column])) continue;
        if (isOther) throw new Blocked(tuple.writer as Writer);
        return tuple;
      }
    }
    return null;
  }
}

const none: ReadonlySet<Tuple> = new Set();

function addTo(index: Map<Value, Set<Tuple>>, value: Value, tuple: Tuple): void {
  const known = index.get(value);
  if (known === undefined) index.set(value, new Set([tuple]));
  else known.add(tuple);
}
