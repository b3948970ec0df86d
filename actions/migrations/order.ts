import { flywayCallback } from './layout-sections.ts';

/**
 * The order in which migration tools apply files: by version number, then by name; Flyway's repeatable files
 * (`R__…`) come last.
 */
export function inOrder(paths: readonly string[]): string[] {
  return [...paths].sort((left, right) => {
    const a = orderOf(left);
    const b = orderOf(right);
    return (
      a.repeatable - b.repeatable ||
      compareVersions(a.version, b.version) ||
      (left < right ? -1 : Number(left > right))
    );
  });
}

/**
 * Files that come before one that the base has already: where that has run, some tools skip them and some refuse.
 * Repeatable files have no place in the order.
 */
export function outOfOrder(added: readonly string[], base: readonly string[]): readonly string[] {
  const versions = base.map(orderOf).filter(({ repeatable }) => repeatable === 0);
  const last = versions.reduce<readonly bigint[]>(
    (most, { version }) => (compareVersions(version, most) > 0 ? version : most),
    [],
  );
  return added.filter((path) => {
    const { repeatable, version } = orderOf(path);
    return repeatable === 0 && version.length > 0 && compareVersions(version, last) < 0;
  });
}

/** Flyway's callbacks before all, versions, baselines and repeatable files, callbacks after all. */
function orderOf(path: string): { repeatable: number; version: readonly bigint[] } {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const digits = /^[VUB]?(\d+(?:[._]\d+)*)/.exec(name)?.[1] ?? /(\d{4,})[^/]*\/[^/]*$/.exec(path)?.[1] ?? '';
  const callback = flywayCallback.exec(name)?.[1];
  return {
    repeatable: callback === 'before' ? -1 : callback === 'after' ? 2 : name.startsWith('R__') ? 1 : 0,
    version: digits === '' || callback !== undefined ? [] : digits.split(/[._]/).map(BigInt),
  };
}

/** The version in a file's name, one text for all ways of writing it (`1.0` is `1`); null when it has none. */
export function versionOf(path: string): string | null {
  const { repeatable, version } = orderOf(path);
  const last = version.findLastIndex((part) => part !== 0n);
  return repeatable !== 0 || version.length === 0 ? null : version.slice(0, last + 1).join('.');
}

function compareVersions(left: readonly bigint[], right: readonly bigint[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const a = left[index] ?? -1n;
    const b = right[index] ?? -1n;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
