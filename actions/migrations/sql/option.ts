import type { DefElem } from 'libpg-query';
import { as } from './nodes.ts';

/** Whether a boolean option in parentheses is on, by the rules of Postgres' `defGetBoolean`: no value means on. */
export function isOn(option: DefElem): boolean {
  if (option.arg === undefined) return true;
  const integer = as(option.arg, 'Integer');
  if (integer !== undefined) return (integer.ival ?? 0) !== 0;
  const boolean = as(option.arg, 'Boolean');
  if (boolean !== undefined) return boolean.boolval === true;
  const text = (as(option.arg, 'String')?.sval ?? '').toLowerCase();
  return text === 'true' || text === 'on';
}
