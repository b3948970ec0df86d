import type { Finding } from '../../../core/gate/result.ts';
import type { Migration } from '../facts.ts';
import { placesIn } from '../sql/lines.ts';
import { breakagesOf } from './breakages.ts';
import type { Breakage, ContractUse } from './model.ts';
import type { ReadContracts } from './read.ts';

/** What the migrations under test would break in the version that still runs while they are applied. */
export function judgeContracts(
  migrations: readonly Migration[],
  { uses, problems, notSearched, notRead }: ReadContracts,
): readonly Finding[] {
  const broken = breakagesOf(migrations).flatMap((breakage) => {
    const users = usersOf(breakage, uses);
    const file = migrations.find(({ path }) => path === breakage.path);
    return users.length === 0 || file === undefined ? [] : [findingOf(breakage, users, file)];
  });
  return [
    ...problems.map(
      ({ path, message }): Finding => ({
        code: 'contract-invalid',
        level: 'error',
        message: `The contract cannot be read: ${message}.`,
        help: 'Correct it on the base branch: version: 1, reads and writes with a list of columns for each table.',
        path,
      }),
    ),
    ...(notSearched > 0 ? [partlySearched(notSearched)] : []),
    ...notRead.map(mapperNotRead),
    ...broken,
  ];
}

/** What is not read is said: a contract that nobody broke is not the same as one that nobody looked at. */
function mapperNotRead({ mapper, path }: ReadContracts['notRead'][number]): Finding {
  return {
    code: 'mapper-not-read',
    level: 'warning',
    message: `The base uses ${mapper}, whose models are not read: what this change takes away may be used there.`,
    help: 'Declare what the service reads and writes in db/contracts/*.yml on the base branch.',
    path,
  };
}

function partlySearched(files: number): Finding {
  return {
    code: 'code-not-searched',
    level: 'warning',
    message: `${files} source files of the base were not searched for SQL: there are too many.`,
    help: 'Narrow gates.migrations.contracts.code to where queries are, or declare contracts.',
  };
}

/**
 * Files whose declared contracts no longer name what a drop or rename takes away, so that this is the contract
 * step of a change; null when something still uses it, or when nothing is declared.
 */
export function releasedBy(
  place: { readonly table: string; readonly column: string | null },
  { uses, declaredIn, problems }: ReadContracts,
): readonly string[] | null {
  if (declaredIn.length === 0 || problems.length > 0) return null;
  return usersOf({ kind: 'drop', ...place }, uses).length === 0 ? declaredIn : null;
}

function usersOf(
  { kind, table, column }: Pick<Breakage, 'kind' | 'table' | 'column'>,
  uses: readonly ContractUse[],
): readonly ContractUse[] {
  const onlyWriters = kind === 'not-null' || kind === 'constraint';
  return uses.filter((use) => {
    if (use.table !== table || (onlyWriters && use.access !== 'write')) return false;
    return (
      kind === 'not-null' || column === null || column === '*' || use.column === column || use.column === '*'
    );
  });
}

function findingOf(breakage: Breakage, users: readonly ContractUse[], file: Migration): Finding {
  const { kind, table, column, path, at } = breakage;
  const what = column === null || column === '*' ? `\`${table}\`` : `\`${table}.${column}\``;
  const places = [...new Set(users.map(({ by, access }) => `${by} (${access}s)`))];
  const by = `${places.slice(0, 3).join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`;
  const place = { path, ...placesIn(file.bytes)(at), data: { used_by: places.slice(0, 20) } };
  switch (kind) {
    case 'drop':
    case 'rename':
      return {
        code: 'contract-broken',
        level: 'error',
        message: `${kind === 'drop' ? 'Dropping' : 'Renaming'} ${what} breaks the version that runs now: ${by}.`,
        help: 'Expand first: add the new place, write both, fill it, move the readers, release that; drop the old place in a later release.',
        ...place,
      };
    case 'retype':
      return {
        code: 'contract-changed',
        level: 'warning',
        message: `The type of ${what} changes under the version that runs now: ${by}.`,
        help: 'Make sure that version reads and writes the new type, or add a new column and move over to it.',
        ...place,
      };
    case 'not-null':
    case 'constraint': {
      const omits = kind === 'not-null' && users.some(({ declared }) => declared) && !writes(users, column);
      return {
        code: 'contract-tightened',
        level: omits ? 'error' : 'warning',
        message: `${what} accepts less than the version that runs now may write: ${by}.`,
        help: omits
          ? 'Release a version that writes the column first, or give it a default before it becomes NOT NULL.'
          : 'Make sure that every write of that version fits the new constraint.',
        ...place,
      };
    }
  }
}

function writes(users: readonly ContractUse[], column: string | null): boolean {
  return users.some((use) => use.column === column || use.column === '*');
}
