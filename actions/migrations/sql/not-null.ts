import type { Node } from 'libpg-query';
import { definedColumns, tableCommands } from './alter-table.ts';
import { statementsOf } from './by-kind.ts';
import { all, as, words } from './nodes.ts';
import type { Script } from './parse.ts';
import { tableKey } from './tables.ts';

/** What scripts show about columns that hold no NULL, in the order in which they run. */
export class NotNullProofs {
  /** By table and column; `*` stands for a check whose text is not known. */
  private readonly checked = new Spans();
  private readonly declared = new Spans();
  private readonly indexes = new Map<
    string,
    { readonly table: string; readonly columns: readonly string[] }
  >();
  private readonly places = new Map<Script, number>();

  /** `earlier` are the scripts that ran before; only what a statement has behind it counts for it. */
  constructor(earlier: readonly Script[], script: Script) {
    const checks = new Map<string, string>();
    let offset = 0;
    for (const one of [...earlier, script]) {
      this.places.set(one, offset);
      this.readColumns(one, offset);
      this.readChecks(one, offset, checks);
      this.readIndexes(one);
      offset += one.statements.length;
    }
  }

  /** Whether a validated CHECK (column IS NOT NULL) stood before this statement. */
  checkedBefore(script: Script, index: number, table: string, column: string): boolean {
    return [column, '*'].some((name) => this.checked.hold(`${table} ${name}`, this.at(script, index)));
  }

  /** Whether every column of the index was NOT NULL before this statement; false for an index that nobody has seen. */
  indexIsNotNull(script: Script, index: number, name: string): boolean {
    const { table, columns } = this.indexes.get(name) ?? { table: '', columns: [] };
    const at = this.at(script, index);
    return columns.length > 0 && columns.every((column) => this.declared.hold(`${table} ${column}`, at));
  }

  private at(script: Script, index: number): number {
    return (this.places.get(script) ?? 0) + index;
  }

  private readColumns(script: Script, offset: number): void {
    for (const { statement, table, column, constraints } of definedColumns(script)) {
      const holds = constraints.some(
        ({ contype }) => contype === 'CONSTR_NOTNULL' || contype === 'CONSTR_PRIMARY',
      );
      if (holds) this.declared.begin(`${table} ${column.colname}`, offset + statement.index);
    }
    for (const { statement, table, command } of tableCommands(script)) {
      const key = `${table} ${command.name}`;
      if (command.subtype === 'AT_SetNotNull') this.declared.begin(key, offset + statement.index);
      if (command.subtype === 'AT_DropNotNull') this.declared.end(key, offset + statement.index);
    }
  }

  private readChecks(script: Script, offset: number, checks: Map<string, string>): void {
    for (const { statement, table, command } of tableCommands(script)) {
      const place = offset + statement.index;
      const constraint = command.subtype === 'AT_AddConstraint' ? as(command.def, 'Constraint') : undefined;
      if (constraint?.conname) {
        const column = constraint.contype === 'CONSTR_CHECK' ? notNullColumn(constraint.raw_expr) : null;
        checks.set(`${table} ${constraint.conname}`, column ?? '');
        if (!constraint.skip_validation) this.checked.begin(`${table} ${column ?? ''}`, place);
      }
      // Of a constraint that no script makes only its name is known: it is taken at its word.
      const key = `${table} ${checks.get(`${table} ${command.name}`) ?? '*'}`;
      if (command.subtype === 'AT_ValidateConstraint') this.checked.begin(key, place);
      if (command.subtype === 'AT_DropConstraint') this.checked.end(key, place);
    }
  }

  private readIndexes(script: Script): void {
    for (const { node } of statementsOf(script, 'IndexStmt')) {
      const index = as(node, 'IndexStmt');
      if (index?.idxname === undefined) continue;
      const columns = all(index.indexParams, 'IndexElem').map(({ name = '' }) => name);
      this.indexes.set(index.idxname, { table: tableKey(index.relation), columns });
    }
  }
}

/** From which statement to which something held, by what it is about. */
class Spans {
  private readonly spans = new Map<string, { readonly from: number; to: number }[]>();

  begin(key: string, at: number): void {
    this.spans.set(key, [...(this.spans.get(key) ?? []), { from: at, to: Number.POSITIVE_INFINITY }]);
  }

  end(key: string, at: number): void {
    for (const span of this.spans.get(key) ?? []) span.to = Math.min(span.to, at);
  }

  hold(key: string, at: number): boolean {
    return (this.spans.get(key) ?? []).some(({ from, to }) => from <= at && at < to);
  }
}

function notNullColumn(expression: Node | undefined): string | null {
  const test = as(expression, 'NullTest');
  if (test?.nulltesttype !== 'IS_NOT_NULL') return null;
  return words(as(test.arg, 'ColumnRef')?.fields).at(-1) ?? null;
}
