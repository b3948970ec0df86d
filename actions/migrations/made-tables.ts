import type { Migration } from './facts.ts';
import type { Script } from './sql/parse.ts';
import { createdTables, tablesLeftBy } from './sql/tables.ts';

/**
 * Tables that a change makes are empty until it is released: every file of it may touch them freely. A table that
 * was there before, which CREATE TABLE IF NOT EXISTS passes over in silence, is not among them.
 */
export function tablesMadeBy(judged: readonly Migration[], existing: ReadonlySet<string>): Set<string> {
  const made = new Set(upScripts(judged).flatMap((script) => [...createdTables(script)]));
  return made.difference(existing);
}

/** What the migrations that are not under test leave behind. */
export function tablesThere(migrations: readonly Migration[]): Set<string> {
  return tablesLeftBy(upScripts(migrations.filter(({ judged }) => !judged)));
}

function upScripts(migrations: readonly Migration[]): readonly Script[] {
  return migrations.flatMap(({ scripts }) => scripts.filter(({ direction }) => direction === 'up'));
}
