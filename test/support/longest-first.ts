import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more, and folders of whole worlds: one that begins last is waited for alone. */
const long = [
  /sandbox\/demo\.test/,
  /app\/(kill|restack|command-scenarios|governance|check-scenarios|faults|flags|release-scenarios)\.test/,
  /simulation\//,
  /test\/app\//,
  /test\/(sandbox|templates)\//,
];

/** Begins with what takes longest, also where nothing has been measured yet. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a.moduleId) - rankOf(b.moduleId));
  }
}

function rankOf(path: string): number {
  const rank = long.findIndex((pattern) => pattern.test(path));
  return rank < 0 ? long.length : rank;
}
