import type { Migration } from '../facts.ts';
import { upFileOf } from '../layout.ts';
import type { Script } from '../sql/parse.ts';

/** One migration as it is applied and undone. */
export interface Step {
  readonly path: string;
  /** Where the way down lies: the same file, or one of its own. */
  readonly downPath: string;
  readonly judged: boolean;
  /** Runs again and again, so it has no way down and needs none (Flyway's `R__` and its callbacks). */
  readonly repeatable: boolean;
  readonly up: Script;
  readonly down: Script | null;
}

/** Pairs each way up with its way down, in the order in which they are applied. */
export function stepsOf(migrations: readonly Migration[]): readonly Step[] {
  const downs = new Map<string, { path: string; script: Script }>();
  for (const { path, scripts } of migrations) {
    const script = scripts.find((one) => one.direction === 'down' && one.statements.length > 0);
    if (script) downs.set(upFileOf(path) ?? path, { path, script });
  }
  return migrations.flatMap(({ path, scripts, judged }) => {
    const up = scripts.find((one) => one.direction === 'up');
    if (up === undefined || isBaseline(path)) return [];
    const down = downs.get(path);
    return [
      {
        path,
        downPath: down?.path ?? path,
        judged,
        repeatable: /(?:^|\/)(?:R__|before[A-Z]|after[A-Z])[^/]*$/.test(path),
        up,
        down: down?.script ?? null,
      },
    ];
  });
}

/** Flyway's `B5__x.sql` stands for all versions up to it where none has run: it is no step of its own. */
function isBaseline(path: string): boolean {
  return /(?:^|\/)B\d[\d._]*__[^/]*$/.test(path);
}

/**
 * The steps under test that can be undone, last first. What lies below a step without a way down stays: it
 * cannot be reached.
 */
export function undoable(steps: readonly Step[]): readonly Step[] {
  const backwards = steps.filter((step) => step.judged && !step.repeatable).toReversed();
  const blocked = backwards.findIndex((step) => step.down === null);
  return blocked < 0 ? backwards : backwards.slice(0, blocked);
}
