import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../json.ts';
import { parseExpression } from '../licenses/expression.ts';
import type { SbomProblem } from './model.ts';
import {
  checksumDigits,
  fileTypes,
  purposes,
  referenceCategories,
  relationshipTypes,
} from './spdx2-vocabulary.ts';

const spdxId = /^SPDXRef-[\w.+-]+$/;
const externalId = /^DocumentRef-[\w.+-]+:SPDXRef-[\w.+-]+$/;
/** The specification knows no fractions of a second, but `npm sbom` writes them. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const agent = /^(Person|Organization): ?\S/;
const creator = /^(Person|Organization|Tool): ?\S/;

/** What SPDX 2.2 and 2.3 ask of a document, in the order of the specification's clauses. */
export function spdxProblems(document: JsonObject, described: ReadonlySet<unknown>): SbomProblem[] {
  const rules = new Rules(document, described);
  rules.head();
  rules.lists();
  for (const [index, one] of recordsOf(document.packages).entries()) rules.package(one, `packages[${index}]`);
  for (const [index, one] of recordsOf(document.files).entries()) rules.file(one, `files[${index}]`);
  for (const [index, one] of recordsOf(document.snippets).entries()) rules.snippet(one, `snippets[${index}]`);
  rules.licenses();
  rules.relationships();
  return rules.problems;
}

const lists = [
  'packages',
  'files',
  'snippets',
  'relationships',
  'hasExtractedLicensingInfos',
  'annotations',
] as const;

class Rules {
  readonly problems: SbomProblem[] = [];
  private readonly document: JsonObject;
  private readonly described: ReadonlySet<unknown>;
  private readonly old: boolean;
  private readonly ids = new Set<string>(['SPDXRef-DOCUMENT', 'NOASSERTION', 'NONE']);
  /** Most packages share a few expressions: each is parsed once. */
  private readonly expressions = new Map<string, boolean>();

  constructor(document: JsonObject, described: ReadonlySet<unknown>) {
    this.document = document;
    this.described = described;
    this.old = document.spdxVersion === 'SPDX-2.2';
  }

  /** Clause 6. */
  head(): void {
    const { document } = this;
    const creation = isRecord(document.creationInfo) ? document.creationInfo : {};
    const version = textOf(document.spdxVersion) ?? '';
    this.need(/^SPDX-2\.[23]$/.test(version), '', 'spdxVersion', 'must be SPDX-2.2 or SPDX-2.3');
    this.need(document.SPDXID === 'SPDXRef-DOCUMENT', '', 'SPDXID', 'must be SPDXRef-DOCUMENT');
    this.need(document.dataLicense === 'CC0-1.0', '', 'dataLicense', 'must be CC0-1.0');
    this.text(document.name, '', 'name');
    const namespace = textOf(document.documentNamespace) ?? '';
    this.need(
      URL.canParse(namespace) && !namespace.includes('#'),
      '',
      'documentNamespace',
      'must be a URI without #',
    );
    this.moment(creation.created, '', 'creationInfo.created');
    const creators = listOf(creation.creators).map(textOf);
    this.need(creators.length > 0, '', 'creationInfo.creators', 'must name at least one creator');
    this.need(
      creators.every((one) => creator.test(one ?? '')),
      '',
      'creationInfo.creators',
      'must each start with Person:, Organization: or Tool:',
    );
    recordsOf(document.externalDocumentRefs).forEach((one, index) => {
      const place = `externalDocumentRefs[${index}]`;
      const id = textOf(one.externalDocumentId) ?? '';
      this.need(/^DocumentRef-[\w.+-]+$/.test(id), place, 'externalDocumentId', 'must be DocumentRef-…');
      this.need(URL.canParse(textOf(one.spdxDocument) ?? ''), place, 'spdxDocument', 'must be a URI');
      this.checksum(one.checksum, `${place}.checksum`);
    });
  }

  /** A list of something else than objects would be passed over in silence. */
  lists(): void {
    for (const name of lists) {
      const list = this.document[name];
      if (list === undefined) continue;
      this.need(Array.isArray(list) && list.every(isRecord), '', name, 'must be a list of objects');
    }
  }

  /** Clause 7. */
  package(one: JsonObject, place: string): void {
    this.id(one.SPDXID, place);
    this.text(one.name, place, 'name');
    this.need(
      Boolean(textOf(one.downloadLocation)),
      place,
      'downloadLocation',
      'is missing (NOASSERTION and NONE are values)',
    );
    this.optionalText(one.versionInfo, place, 'versionInfo');
    this.checksums(one.checksums, place);
    for (const key of ['supplier', 'originator']) {
      const value = one[key];
      const known = value === undefined || value === 'NOASSERTION' || agent.test(textOf(value) ?? '');
      this.need(known, place, key, 'must be Person: …, Organization: … or NOASSERTION', 'warning');
    }
    const analyzed = one.filesAnalyzed;
    this.need(
      analyzed === undefined || typeof analyzed === 'boolean',
      place,
      'filesAnalyzed',
      'must be true or false',
    );
    this.need(
      analyzed !== false || one.packageVerificationCode === undefined,
      place,
      'packageVerificationCode',
      'needs filesAnalyzed: true',
    );
    if (this.old) {
      for (const key of ['licenseConcluded', 'licenseDeclared', 'copyrightText'])
        this.need(textOf(one[key]) !== null, place, key, 'is mandatory in SPDX 2.2');
    }
    this.expression(one.licenseConcluded, place, 'licenseConcluded');
    this.expression(one.licenseDeclared, place, 'licenseDeclared');
    for (const [index, ref] of listOf(one.externalRefs).entries())
      this.reference(ref, `${place}.externalRefs[${index}]`);
    const purpose = one.primaryPackagePurpose;
    if (purpose !== undefined) this.oneOf(purposes, purpose, place, 'primaryPackagePurpose');
    for (const key of ['builtDate', 'releaseDate', 'validUntilDate'])
      if (one[key] !== undefined) this.moment(one[key], place, key);
    this.annotations(one.annotations, place);
  }

  /** Clause 8. SHA-1 is mandatory for a file. */
  file(one: JsonObject, place: string): void {
    this.id(one.SPDXID, place);
    this.text(one.fileName, place, 'fileName');
    this.checksums(one.checksums, place);
    const hasSha1 = recordsOf(one.checksums).some(({ algorithm }) => algorithm === 'SHA1');
    this.need(hasSha1, place, 'checksums', 'must hold a SHA1');
    for (const type of listOf(one.fileTypes)) this.oneOf(fileTypes, type, place, 'fileTypes');
    this.expression(one.licenseConcluded, place, 'licenseConcluded');
    this.annotations(one.annotations, place);
  }

  /** Clause 9. */
  snippet(one: JsonObject, place: string): void {
    this.id(one.SPDXID, place);
    this.text(one.snippetFromFile, place, 'snippetFromFile');
    this.need(listOf(one.ranges).length > 0, place, 'ranges', 'must hold a range of bytes');
  }

  /** Clause 10. */
  licenses(): void {
    recordsOf(this.document.hasExtractedLicensingInfos).forEach((one, index) => {
      const place = `hasExtractedLicensingInfos[${index}]`;
      this.need(
        /^LicenseRef-[\w.+-]+$/.test(textOf(one.licenseId) ?? ''),
        place,
        'licenseId',
        'must be LicenseRef-…',
        'warning',
      );
      this.need(textOf(one.extractedText) !== null, place, 'extractedText', 'is missing');
    });
    this.annotations(this.document.annotations, '');
  }

  /** Clause 11. */
  relationships(): void {
    for (const [index, one] of recordsOf(this.document.relationships).entries()) {
      const { relationshipType: type, spdxElementId: from, relatedSpdxElement: to } = one;
      const right = relationshipTypes.has(String(type)) && this.isKnown(from) && this.isKnown(to);
      if (right) continue;
      const place = `relationships[${index}]`;
      this.oneOf(relationshipTypes, type, place, 'relationshipType');
      this.end(from, place);
      this.end(to, place);
    }
    for (const id of listOf(this.document.documentDescribes)) this.end(id, 'documentDescribes');
    const packages = listOf(this.document.packages).length;
    this.need(
      this.described.size > 0 || packages === 1,
      '',
      'relationships',
      'must say what the document describes (SPDXRef-DOCUMENT DESCRIBES …)',
    );
  }

  private isKnown(id: unknown): boolean {
    return typeof id === 'string' && (this.ids.has(id) || externalId.test(id));
  }

  private end(id: unknown, place: string): void {
    if (this.isKnown(id)) return;
    this.problems.push({ place, message: `${JSON.stringify(id) ?? 'nothing'} is not in the document` });
  }

  private id(value: unknown, place: string): void {
    const id = textOf(value) ?? '';
    this.need(spdxId.test(id), place, 'SPDXID', 'must be SPDXRef-…');
    if (this.ids.has(id)) this.need(false, place, 'SPDXID', `${JSON.stringify(id)} is used twice`);
    this.ids.add(id);
  }

  private checksums(list: unknown, place: string): void {
    for (const [index, one] of listOf(list).entries()) this.checksum(one, `${place}.checksums[${index}]`);
  }

  private checksum(value: unknown, place: string): void {
    const { algorithm, checksumValue } = isRecord(value) ? value : {};
    const name = textOf(algorithm) ?? '';
    const digits = Object.hasOwn(checksumDigits, name) ? checksumDigits[name] : undefined;
    const hex = textOf(checksumValue) ?? '';
    this.need(digits !== undefined, place, 'algorithm', 'must be an algorithm of SPDX 2.3');
    this.need(
      /^[0-9a-fA-F]+$/.test(hex) && (digits === undefined || digits === null || hex.length === digits),
      place,
      'checksumValue',
      'must be a digest in hex of the algorithm’s length',
    );
  }

  private reference(value: unknown, place: string): void {
    const ref = isRecord(value) ? value : {};
    if (!referenceCategories.has(String(ref.referenceCategory)))
      this.oneOf(referenceCategories, ref.referenceCategory, place, 'referenceCategory');
    this.text(ref.referenceType, place, 'referenceType');
    this.text(ref.referenceLocator, place, 'referenceLocator');
  }

  private annotations(list: unknown, place: string): void {
    listOf(list).forEach((value, index) => {
      const one = isRecord(value) ? value : {};
      const at = `${place === '' ? '' : `${place}.`}annotations[${index}]`;
      this.need(
        creator.test(textOf(one.annotator) ?? ''),
        at,
        'annotator',
        'must start with Person:, Organization: or Tool:',
      );
      this.need(
        /^(REVIEW|OTHER)$/.test(String(one.annotationType)),
        at,
        'annotationType',
        'must be REVIEW or OTHER',
      );
      this.moment(one.annotationDate, at, 'annotationDate');
    });
  }

  /** Tools copy what a package says about itself: text that is no expression binds nobody, but breaks nothing else. */
  private expression(value: unknown, place: string, key: string): void {
    if (value === undefined) return;
    const text = textOf(value);
    if (text === null) {
      this.need(false, place, key, 'must be text');
      return;
    }
    let valid = this.expressions.get(text);
    if (valid === undefined) {
      valid = text === 'NONE' || text === 'NOASSERTION' || parseExpression(text) !== null;
      this.expressions.set(text, valid);
    }
    this.need(valid, place, key, 'is no licence expression', 'warning');
  }

  private moment(value: unknown, place: string, key: string): void {
    const text = textOf(value) ?? '';
    this.need(
      moment.test(text) && !Number.isNaN(Date.parse(text)),
      place,
      key,
      'must be a time such as 2026-01-31T12:00:00Z',
    );
  }

  private oneOf(known: ReadonlySet<string>, value: unknown, place: string, key: string): void {
    if (known.has(String(value))) return;
    this.need(
      false,
      place,
      key,
      `${JSON.stringify(value) ?? 'nothing'} is not one of ${[...known].slice(0, 12).join(', ')}${known.size > 12 ? ', …' : ''}`,
    );
  }

  private text(value: unknown, place: string, key: string): void {
    if (textOf(value)) return;
    this.need(false, place, key, value === undefined ? 'is missing' : 'must be text');
  }

  private optionalText(value: unknown, place: string, key: string): void {
    if (value !== undefined && typeof value !== 'string') this.need(false, place, key, 'must be text');
  }

  /** The whole place is put together only when there is something to say of it. */
  private need(holds: boolean, place: string, key: string, message: string, level?: 'warning'): void {
    if (holds) return;
    const whole = place === '' ? key : `${place}.${key}`;
    this.problems.push({ place: whole, message, ...(level === undefined ? {} : { level }) });
  }
}
