import type { ColumnDef } from 'libpg-query';
import { typeWord } from '../sql/alter-table.ts';
import { statementsOf } from '../sql/by-kind.ts';
import { all, as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

/** Bytes of padding a row from which a new order of the columns is worth a word: one unit of MAXALIGN. */
const worth = 8;

/** Size and alignment in bytes of types with a fixed length (`typlen`, `typalign` of pg_type on 64 bits). */
const fixed = new Map<string, readonly [size: number, align: number]>([
  ['bool', [1, 1]],
  ['uuid', [16, 1]],
  ['int2', [2, 2]],
  ['smallserial', [2, 2]],
  ['int4', [4, 4]],
  ['serial', [4, 4]],
  ['float4', [4, 4]],
  ['date', [4, 4]],
  ['int8', [8, 8]],
  ['bigserial', [8, 8]],
  ['float8', [8, 8]],
  ['money', [8, 8]],
  ['time', [8, 8]],
  ['timestamp', [8, 8]],
  ['timestamptz', [8, 8]],
  ['timetz', [12, 8]],
  ['interval', [16, 8]],
]);

export const columnAlignment: Rule = {
  name: 'column-alignment',
  level: 'warning',
  optIn: true,
  danger:
    'Columns in an unlucky order are padded: each row of the table is longer than it has to be, for ever.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'CreateStmt')) {
      const create = as(node, 'CreateStmt');
      const padding = paddingOf(all(create?.tableElts, 'ColumnDef'));
      if (padding < worth) continue;
      yield {
        at: start,
        message: `Each row of \`${tableKey(create?.relation)}\` holds ${padding} bytes of padding because of the order of its columns.`,
        help: 'Put columns of 8 bytes first (bigint, timestamptz), then those of 4, 2 and 1, and those of varying length last.',
      };
    }
  },
};

/** Bytes between columns of fixed length. Behind one of varying length nobody knows where the next begins. */
function paddingOf(columns: readonly ColumnDef[]): number {
  let padding = 0;
  let offset: number | null = 0;
  for (const { typeName } of columns) {
    const [size, align] = (typeName?.arrayBounds ? undefined : fixed.get(typeWord(typeName))) ?? [null, 1];
    if (offset !== null) {
      const gap: number = (align - (offset % align)) % align;
      padding += gap;
      offset += gap;
    }
    if (size === null) offset = null;
    else if (offset !== null) offset += size;
    // A column that is aligned to 8 bytes says again where we are.
    else if (align === 8) offset = size;
  }
  return padding;
}
