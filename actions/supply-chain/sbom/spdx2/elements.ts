import { type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import type { Check } from './check.ts';
import type { Identifiers } from './identifiers.ts';
import { checkAnnotations, checkChecksums, checkReferences } from './parts.ts';
import type { Place } from './place.ts';
import { fileTypes, purposes } from './vocabulary.ts';

const agent = /^(Person|Organization): ?\S/;
const mandatoryOnce = ['licenseConcluded', 'licenseDeclared', 'copyrightText'] as const;

/** Clause 7. `old`: SPDX 2.2, where more is mandatory. */
export function checkPackage(
  one: JsonObject,
  place: Place,
  ids: Identifiers,
  check: Check,
  old: boolean,
): void {
  ids.define(one.SPDXID, place);
  check.text(one.name, place, 'name');
  const located = Boolean(textOf(one.downloadLocation));
  check.need(located, place, 'downloadLocation', 'is missing (NOASSERTION and NONE are values)');
  check.optionalText(one.versionInfo, place, 'versionInfo');
  checkChecksums(one.checksums, place, check);
  checkAgent(one.supplier, place, 'supplier', check);
  checkAgent(one.originator, place, 'originator', check);
  checkAnalysis(one, place, check);
  if (old)
    for (const key of mandatoryOnce)
      check.need(textOf(one[key]) !== null, place, key, 'is mandatory in SPDX 2.2');
  check.expression(one.licenseConcluded, place, 'licenseConcluded');
  check.expression(one.licenseDeclared, place, 'licenseDeclared');
  checkReferences(one.externalRefs, place, check);
  const purpose = one.primaryPackagePurpose;
  if (purpose !== undefined) check.oneOf(purposes, purpose, place, 'primaryPackagePurpose');
  if (one.builtDate !== undefined) check.moment(one.builtDate, place, 'builtDate');
  if (one.releaseDate !== undefined) check.moment(one.releaseDate, place, 'releaseDate');
  if (one.validUntilDate !== undefined) check.moment(one.validUntilDate, place, 'validUntilDate');
  if (one.annotations !== undefined) checkAnnotations(one.annotations, place, check);
}

function checkAgent(value: unknown, place: Place, key: string, check: Check): void {
  if (value === undefined || value === 'NOASSERTION' || agent.test(textOf(value) ?? '')) return;
  check.need(false, place, key, 'must be Person: …, Organization: … or NOASSERTION', 'warning');
}

function checkAnalysis(
  { filesAnalyzed, packageVerificationCode }: JsonObject,
  place: Place,
  check: Check,
): void {
  const said = filesAnalyzed === undefined || typeof filesAnalyzed === 'boolean';
  check.need(said, place, 'filesAnalyzed', 'must be true or false');
  const fits = filesAnalyzed !== false || packageVerificationCode === undefined;
  check.need(fits, place, 'packageVerificationCode', 'needs filesAnalyzed: true');
}

/** Clause 8. SHA-1 is mandatory for a file. */
export function checkFile(one: JsonObject, place: Place, ids: Identifiers, check: Check): void {
  ids.define(one.SPDXID, place);
  check.text(one.fileName, place, 'fileName');
  checkChecksums(one.checksums, place, check);
  const hasSha1 = recordsOf(one.checksums).some(({ algorithm }) => algorithm === 'SHA1');
  check.need(hasSha1, place, 'checksums', 'must hold a SHA1');
  for (const type of listOf(one.fileTypes)) check.oneOf(fileTypes, type, place, 'fileTypes');
  check.expression(one.licenseConcluded, place, 'licenseConcluded');
  checkAnnotations(one.annotations, place, check);
}

/** Clause 9. */
export function checkSnippet(one: JsonObject, place: Place, ids: Identifiers, check: Check): void {
  ids.define(one.SPDXID, place);
  check.text(one.snippetFromFile, place, 'snippetFromFile');
  check.need(listOf(one.ranges).length > 0, place, 'ranges', 'must hold a range of bytes');
}
