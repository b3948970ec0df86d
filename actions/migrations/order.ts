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

function orderOf(path: string): { repeatable: number; version: readonly bigint[] } {
  const folderThenName = path.slice(path.lastIndexOf('/') + 1);
  const digits =
    /^[VU]?(\d+(?:[._]\d+)*)/.exec(folderThenName)?.[1] ?? /(\d{4,})[^/]*\/[^/]*$/.exec(path)?.[1] ?? '';
  return {
    repeatable: folderThenName.startsWith('R__') ? 1 : 0,
    version: digits === '' ? [] : digits.split(/[._]/).map(BigInt),
  };
}

function compareVersions(left: readonly bigint[], right: readonly bigint[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const a = left[index] ?? -1n;
    const b = right[index] ?? -1n;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
