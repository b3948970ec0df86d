import type { Vulnerability } from './model.ts';
import { graver } from './severity.ts';

/**
 * A package under one spelling, for scanners differ: `v1.2.3` and `go1.2.3` of Go are `1.2.3`, Maven's `group:name` is
 * `group/name` and read from the package URL where a scanner leaves the group out.
 */
export function packageKey(one: Pick<Vulnerability, 'package' | 'version' | 'purl'>): string {
  const { version } = one;
  const bare = /^(v|go)\d/.test(version) ? version.replace(/^(v|go)/, '') : version;
  return `${nameKey(one)}@${bare}`;
}

export function nameKey({ package: name, purl }: Pick<Vulnerability, 'package' | 'purl'>): string {
  const whole = purl?.startsWith('pkg:maven/')
    ? purl.slice('pkg:maven/'.length).replace(/@[^@]*$/, '')
    : name;
  return whole.toLowerCase().replaceAll(':', '/').replaceAll('_', '-');
}

/** Whether two lists of names have one in common: then they mean the same advisory. */
export function sameAdvisory(a: readonly string[], b: readonly string[]): boolean {
  const names = new Set(a.map((id) => id.toUpperCase()));
  return b.some((id) => names.has(id.toUpperCase()));
}

/**
 * Entries that mean the same weakness of the same package become one, across scanners and databases: names are joined
 * transitively (A = B and B = C make A = C), the graver severity and every repair are kept.
 */
export function mergeVulnerabilities(all: readonly Vulnerability[]): Vulnerability[] {
  const merged = [...Map.groupBy(all, packageKey).values()].flatMap(mergeWithinPackage);
  return merged.some(({ version }) => version === '') ? withoutVersionless(merged) : merged;
}

/** npm audit knows no versions: what another scanner found in one is that, and not a second weakness. */
function withoutVersionless(merged: readonly Vulnerability[]): Vulnerability[] {
  const byName = Map.groupBy(
    merged.filter(({ version }) => version !== ''),
    nameKey,
  );
  return merged.filter(
    (one) =>
      one.version !== '' || !byName.get(nameKey(one))?.some((other) => sameAdvisory(other.ids, one.ids)),
  );
}

function mergeWithinPackage(entries: Vulnerability[]): Vulnerability[] {
  if (entries.length === 1) return entries;
  const groups = new Set<Vulnerability>();
  const byId = new Map<string, Vulnerability>();
  for (const entry of entries) {
    const touched = new Set(entry.ids.flatMap((id) => byId.get(id.toUpperCase()) ?? []));
    const joined = [...touched].reduce((one, other) => join(other, one), entry);
    for (const old of touched) groups.delete(old);
    groups.add(joined);
    for (const id of joined.ids) byId.set(id.toUpperCase(), joined);
  }
  return [...groups];
}

function join(a: Vulnerability, b: Vulnerability): Vulnerability {
  const times = [a.published, b.published].filter((time) => time !== null);
  return {
    ...a,
    ids: [...new Set([...a.ids, ...b.ids])],
    purl: a.purl ?? b.purl,
    severity: graver(a.severity, b.severity),
    fixedIn: [...new Set([...a.fixedIn, ...b.fixedIn])],
    published: times.length === 0 ? null : Math.min(...times),
    place: a.place ?? b.place,
  };
}
