import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import type { Check } from './check.ts';
import { checkChecksum, creator } from './parts.ts';

const lists = [
  'packages',
  'files',
  'snippets',
  'relationships',
  'hasExtractedLicensingInfos',
  'annotations',
] as const;

/** Clause 6: what the document says of itself. */
export function checkHead(document: JsonObject, check: Check): void {
  const version = textOf(document.spdxVersion) ?? '';
  check.need(/^SPDX-2\.[23]$/.test(version), null, 'spdxVersion', 'must be SPDX-2.2 or SPDX-2.3');
  check.need(document.SPDXID === 'SPDXRef-DOCUMENT', null, 'SPDXID', 'must be SPDXRef-DOCUMENT');
  check.need(document.dataLicense === 'CC0-1.0', null, 'dataLicense', 'must be CC0-1.0');
  check.text(document.name, null, 'name');
  const namespace = textOf(document.documentNamespace) ?? '';
  const isUri = URL.canParse(namespace) && !namespace.includes('#');
  check.need(isUri, null, 'documentNamespace', 'must be a URI without #');
  checkCreation(isRecord(document.creationInfo) ? document.creationInfo : {}, check);
  for (const [index, one] of recordsOf(document.externalDocumentRefs).entries()) {
    const place = { within: null, name: 'externalDocumentRefs', index };
    const id = textOf(one.externalDocumentId) ?? '';
    check.need(/^DocumentRef-[\w.+-]+$/.test(id), place, 'externalDocumentId', 'must be DocumentRef-…');
    check.need(URL.canParse(textOf(one.spdxDocument) ?? ''), place, 'spdxDocument', 'must be a URI');
    checkChecksum(one.checksum, { within: place, name: 'checksum', index: null }, check);
  }
}

function checkCreation({ created, creators }: JsonObject, check: Check): void {
  check.moment(created, null, 'creationInfo.created');
  const names = listOf(creators).map(textOf);
  check.need(names.length > 0, null, 'creationInfo.creators', 'must name at least one creator');
  check.need(
    names.every((one) => creator.test(one ?? '')),
    null,
    'creationInfo.creators',
    'must each start with Person:, Organization: or Tool:',
  );
}

/** A list of something else than objects would be passed over in silence. */
export function checkLists(document: JsonObject, check: Check): void {
  for (const name of lists) {
    const list = document[name];
    if (list === undefined) continue;
    check.need(Array.isArray(list) && list.every(isRecord), null, name, 'must be a list of objects');
  }
}

/** Clause 10: licences that are on no list. */
export function checkLicenses(document: JsonObject, check: Check): void {
  for (const [index, one] of recordsOf(document.hasExtractedLicensingInfos).entries()) {
    const place = { within: null, name: 'hasExtractedLicensingInfos', index };
    const named = /^LicenseRef-[\w.+-]+$/.test(textOf(one.licenseId) ?? '');
    check.need(named, place, 'licenseId', 'must be LicenseRef-…', 'warning');
    check.need(textOf(one.extractedText) !== null, place, 'extractedText', 'is missing');
  }
}
