/** The numbers of a tag that ends in a semantic version, and what stands before it. */
interface Version {
  readonly prefix: string;
  readonly numbers: readonly [number, number, number];
  readonly prerelease: readonly string[];
}

/**
 * Which of two tags is the earlier version by semver.org 2.0.0 §11: negative, zero or positive; null when one of them
 * ends in no semantic version or they are tags of different things (`api-v1.0.0`, `web-v1.0.0`).
 */
export function compareTags(a: string, b: string): number | null {
  const [one, other] = [parseTag(a), parseTag(b)];
  if (one === null || other === null || one.prefix !== other.prefix) return null;
  for (const [index, number] of one.numbers.entries()) {
    const difference = number - (other.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePrereleases(one.prerelease, other.prerelease);
}

function parseTag(tag: string): Version | null {
  const match =
    /^(|.*[^0-9.])(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(
      tag.slice(0, 255),
    );
  if (match === null) return null;
  const [, prefix = '', major, minor, patch, prerelease] = match;
  return {
    prefix,
    numbers: [Number(major), Number(minor), Number(patch)],
    prerelease: prerelease === undefined ? [] : prerelease.split('.'),
  };
}

/** A version without a pre-release part comes after every pre-release of it. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const [x, y] = [numeric(part), numeric(other)];
    if (x !== null && y !== null) return x - y;
    if (x !== null || y !== null) return x === null ? 1 : -1;
    return part < other ? -1 : 1;
  }
  return a.length - b.length;
}

function numeric(part: string): number | null {
  return /^\d+$/.test(part) ? Number(part) : null;
}
