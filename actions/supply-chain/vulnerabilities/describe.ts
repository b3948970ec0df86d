import type { Vulnerability } from './model.ts';

export function describe(one: Vulnerability): string {
  const name = one.version === '' ? one.package : `${one.package}@${one.version}`;
  return `${one.ids[0]} (${one.severity}) in \`${name}\``;
}

export function helpOf(one: Vulnerability): string {
  return one.fixedIn.length === 0
    ? 'No repaired version is known: replace the package, state in a VEX document why it does not matter, or waive it.'
    : `Update ${one.package} to ${one.fixedIn.join(' or ')}.`;
}

export function dataOf(one: Vulnerability): Record<string, unknown> {
  return {
    package: one.version === '' ? one.package : `${one.package}@${one.version}`,
    advisories: one.ids,
    severity: one.severity,
    fixed_in: one.fixedIn,
    ...(one.place === null ? {} : { found_in: one.place }),
  };
}
