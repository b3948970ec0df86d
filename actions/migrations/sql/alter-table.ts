import type { AlterTableCmd, ColumnDef, Constraint, RangeVar, TypeName } from 'libpg-query';
import { statementsOf } from './by-kind.ts';
import { all, as, words } from './nodes.ts';
import type { Script, Statement } from './parse.ts';
import { tableKey } from './tables.ts';

/** One command of an `ALTER TABLE`. `at` is the byte where a person would look for it. */
export interface TableCommand {
  readonly statement: Statement;
  readonly relation: RangeVar | undefined;
  readonly table: string;
  readonly command: AlterTableCmd;
  readonly at: number;
}

/** A column that a script adds to a table that exists, or defines for a new one. */
export interface DefinedColumn {
  readonly statement: Statement;
  readonly relation: RangeVar | undefined;
  readonly table: string;
  readonly column: ColumnDef;
  readonly constraints: readonly Constraint[];
  readonly at: number;
  /** The parts of the definition that only `ALTER TABLE … ADD COLUMN` has; undefined in `CREATE TABLE`. */
  readonly command: AlterTableCmd | undefined;
}

/** Two dozen rules ask the same questions about one script: each is answered once. */
function once<One>(ask: (script: Script) => Iterable<One>): (script: Script) => readonly One[] {
  const answers = new WeakMap<Script, readonly One[]>();
  return (script) => {
    const known = answers.get(script);
    if (known !== undefined) return known;
    const answer = [...ask(script)];
    answers.set(script, answer);
    return answer;
  };
}

/** Every command of every `ALTER TABLE` (not of views, indexes or types). */
export const tableCommands = once(function* (script: Script): Generator<TableCommand> {
  for (const statement of statementsOf(script, 'AlterTableStmt')) {
    const alter = as(statement.node, 'AlterTableStmt');
    if (alter?.objtype !== 'OBJECT_TABLE') continue;
    for (const command of all(alter.cmds, 'AlterTableCmd')) {
      const at = placeOf(script, statement, alter.relation, command);
      yield { statement, relation: alter.relation, table: tableKey(alter.relation), command, at };
    }
  }
});

export const addedColumns = once(function* (script: Script): Generator<DefinedColumn> {
  for (const { statement, relation, table, command, at } of tableCommands(script)) {
    const column = command.subtype === 'AT_AddColumn' ? as(command.def, 'ColumnDef') : undefined;
    if (column === undefined) continue;
    const constraints = all(column.constraints, 'Constraint');
    yield { statement, relation, table, column, constraints, at, command };
  }
});

/** Columns of `CREATE TABLE` and of `ADD COLUMN`. */
export const definedColumns = once(function* (script: Script): Generator<DefinedColumn> {
  for (const statement of statementsOf(script, 'CreateStmt')) {
    const create = as(statement.node, 'CreateStmt');
    for (const column of all(create?.tableElts, 'ColumnDef')) {
      yield {
        statement,
        relation: create?.relation,
        table: tableKey(create?.relation),
        column,
        constraints: all(column.constraints, 'Constraint'),
        at: column.location ?? statement.start,
        command: undefined,
      };
    }
  }
  yield* addedColumns(script);
});

export interface TypeUse {
  readonly type: TypeName;
  readonly name: string;
  readonly column: string;
  readonly at: number;
}

/** Every type given to a column: in `CREATE TABLE`, `ADD COLUMN` and `ALTER COLUMN … TYPE`. */
export const typeUses = once(function* (script: Script): Generator<TypeUse> {
  for (const { column, at } of definedColumns(script)) {
    if (column.typeName) yield typeUse(column.typeName, column.colname ?? '', at);
  }
  for (const { command, at } of tableCommands(script)) {
    const type =
      command.subtype === 'AT_AlterColumnType' ? as(command.def, 'ColumnDef')?.typeName : undefined;
    if (type) yield typeUse(type, command.name ?? '', at);
  }
});

function typeUse(type: TypeName, column: string, at: number): TypeUse {
  return { type, name: typeWord(type), column, at: type.location ?? at };
}

/** The type without its schema: `int4`, `bpchar`, `serial`. */
export function typeWord(type: TypeName | undefined): string {
  return words(type?.names).at(-1) ?? '';
}

export interface TableConstraint {
  readonly statement: Statement;
  readonly relation: RangeVar | undefined;
  readonly table: string;
  readonly constraint: Constraint;
  readonly at: number;
  /** Written beside a column in `ADD COLUMN`, rather than as `ADD CONSTRAINT`. */
  readonly inline: boolean;
}

/** Constraints that a script adds to tables that exist, in either form. */
export const addedConstraints = once(function* (script: Script): Generator<TableConstraint> {
  for (const { statement, relation, table, command, at } of tableCommands(script)) {
    const constraint = command.subtype === 'AT_AddConstraint' ? as(command.def, 'Constraint') : undefined;
    if (constraint) yield { statement, relation, table, constraint, at, inline: false };
  }
  for (const { statement, relation, table, constraints, at } of addedColumns(script)) {
    for (const constraint of constraints) {
      yield { statement, relation, table, constraint, at: constraint.location ?? at, inline: true };
    }
  }
});

/** The parser keeps no position for commands like DROP COLUMN: the first mention of the name behind the table's. */
function placeOf(
  script: Script,
  statement: Statement,
  relation: RangeVar | undefined,
  command: AlterTableCmd,
): number {
  const known = as(command.def, 'ColumnDef')?.location ?? as(command.def, 'Constraint')?.location;
  if (known !== undefined) return known;
  if (!command.name) return statement.start;
  const after = (relation?.location ?? statement.start) + Buffer.byteLength(relation?.relname ?? '');
  const found = mentionOf(command.name, lowerText(script).slice(after, statement.end));
  return found < 0 ? statement.start : after + found;
}

const lowered = new WeakMap<Script, string>();

/** The text as one character a byte, without capitals; made once. */
function lowerText(script: Script): string {
  const { buffer, byteOffset, byteLength } = script.text;
  const known =
    lowered.get(script) ?? Buffer.from(buffer, byteOffset, byteLength).toString('latin1').toLowerCase();
  lowered.set(script, known);
  return known;
}

/** Where a name stands as a word of its own; -1 when it does not. Both as one character a byte. */
function mentionOf(name: string, text: string): number {
  const word = Buffer.from(name, 'utf8').toString('latin1').toLowerCase();
  const isPart = (character: string | undefined): boolean =>
    character !== undefined && /[\w$]/.test(character);
  let at = text.indexOf(word);
  while (at >= 0 && (isPart(text[at - 1]) || isPart(text[at + word.length]))) at = text.indexOf(word, at + 1);
  return at > 0 && text[at - 1] === '"' ? at - 1 : at;
}
