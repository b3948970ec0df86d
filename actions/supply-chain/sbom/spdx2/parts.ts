import { isRecord, listOf, textOf } from '../../json.ts';
import type { Check } from './check.ts';
import type { Place } from './place.ts';
import { checksumDigits, referenceCategories } from './vocabulary.ts';

export const creator = /^(Person|Organization|Tool): ?\S/;

/** Clauses 7.10 and 8.4. */
export function checkChecksums(list: unknown, within: Place, check: Check): void {
  if (list === undefined) return;
  const entries = listOf(list);
  for (let index = 0; index < entries.length; index++)
    checkChecksum(entries[index], { within, name: 'checksums', index }, check);
}

const hexDigits = /^[0-9a-fA-F]+$/;

export function checkChecksum(value: unknown, place: Place, check: Check): void {
  const { algorithm, checksumValue } = isRecord(value) ? value : {};
  const name = textOf(algorithm) ?? '';
  const digits = Object.hasOwn(checksumDigits, name) ? checksumDigits[name] : undefined;
  const hex = textOf(checksumValue) ?? '';
  const fits = digits === undefined || digits === null || hex.length === digits;
  check.need(digits !== undefined, place, 'algorithm', 'must be an algorithm of SPDX 2.3');
  check.need(
    fits && hexDigits.test(hex),
    place,
    'checksumValue',
    'must be a digest in hex of the algorithm’s length',
  );
}

/** Clause 7.21. */
export function checkReferences(list: unknown, within: Place, check: Check): void {
  const entries = listOf(list);
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index];
    const ref = isRecord(entry) ? entry : {};
    const place = { within, name: 'externalRefs', index };
    check.oneOf(referenceCategories, ref.referenceCategory, place, 'referenceCategory');
    check.text(ref.referenceType, place, 'referenceType');
    check.text(ref.referenceLocator, place, 'referenceLocator');
  }
}

/** Clause 12. */
export function checkAnnotations(list: unknown, within: Place | null, check: Check): void {
  for (const [index, value] of listOf(list).entries()) {
    const one = isRecord(value) ? value : {};
    const place = { within, name: 'annotations', index };
    const known = creator.test(textOf(one.annotator) ?? '');
    check.need(known, place, 'annotator', 'must start with Person:, Organization: or Tool:');
    const typed = /^(REVIEW|OTHER)$/.test(String(one.annotationType));
    check.need(typed, place, 'annotationType', 'must be REVIEW or OTHER');
    check.moment(one.annotationDate, place, 'annotationDate');
  }
}
