import { plainPurl } from '../../sbom/model.ts';
import { nameKey, sameAdvisory } from '../identity.ts';
import type { Vulnerability } from '../model.ts';
import type { VexProduct, VexStatement } from './statement.ts';

/**
 * The newest statement that is about this weakness in this package, or in one of our own products as a whole; null when
 * there is none. Whether it excuses is another question.
 */
export function statementFor(
  one: Vulnerability,
  statements: readonly VexStatement[],
  ours: readonly string[],
): VexStatement | null {
  const about = statements.filter(
    ({ ids, products }) =>
      sameAdvisory(ids, one.ids) && products.some((product) => concerns(product, one, ours)),
  );
  return about.reduce<VexStatement | null>(
    (best, next) => (best === null || next.at >= best.at ? next : best),
    null,
  );
}

/** A part counts in our own product, or in the very package; the same part of somebody else's product proves nothing. */
function concerns({ name, part }: VexProduct, one: Vulnerability, ours: readonly string[]): boolean {
  const isOurs = ours.some((own) => own === name || samePurl(own, name));
  if (part === null) return isOurs || meansPackage(name, one);
  return (isOurs || meansPackage(name, one)) && meansPackage(part, one);
}

/** `pkg:oci/shop` means every version and repository of it. */
function samePurl(own: string, name: string): boolean {
  const [left, right] = [plainPurl(own), plainPurl(name)];
  return left !== null && right !== null && (left === right || left === withoutVersion(right));
}

/** Says that nothing is to be done, and why. */
export function excuses({ status, reason }: VexStatement): boolean {
  return status === 'fixed' || (status === 'not_affected' && reason !== '');
}

/** A package URL without a version means every version. */
function meansPackage(name: string, one: Vulnerability): boolean {
  const purl = plainPurl(name);
  if (purl === null) return false;
  if (one.purl !== null) return purl === one.purl || purl === withoutVersion(one.purl);
  const path = purl.slice(purl.indexOf('/') + 1);
  const own = nameKey(one);
  return (
    nameKey({ package: path, purl: null }) === own ||
    nameKey({ package: path, purl: null }) === `${own}@${one.version.toLowerCase()}`
  );
}

function withoutVersion(purl: string): string {
  const at = purl.lastIndexOf('@');
  return at > purl.lastIndexOf('/') ? purl.slice(0, at) : purl;
}
