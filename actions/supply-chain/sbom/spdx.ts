import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../json.ts';
import { type Component, digestOf, plainPurl, purlDigest, type Sbom } from './model.ts';
import { spdxProblems } from './spdx2/rules.ts';

/** Reads an SPDX 2.2 or 2.3 document (ISO/IEC 5962), whatever syntax it was written in. */
export function readSpdx(path: string, document: JsonObject, bytes: Uint8Array): Sbom {
  const packages = recordsOf(document.packages);
  const described = describedIds(document);
  const development = developmentIds(document);
  return {
    path,
    format: 'SPDX',
    specVersion: (textOf(document.spdxVersion) ?? '').replace(/^SPDX-/, ''),
    components: packages
      .filter(({ SPDXID }) => !described.has(SPDXID))
      .map((one) => componentOf(one, development.has(one.SPDXID))),
    entries: packages.length + listOf(document.files).length,
    subjects: packages.filter(({ SPDXID }) => described.has(SPDXID)).flatMap(subjectsOf),
    problems: spdxProblems(document, described),
    bytes,
  };
}

function componentOf(item: JsonObject, development: boolean): Component {
  const purl = purlOf(item);
  const concluded = textOf(item.licenseConcluded);
  const declared = textOf(item.licenseDeclared);
  const known = [concluded, declared].find((one) => one !== null && one !== 'NOASSERTION' && one !== 'NONE');
  return {
    name: textOf(item.name) ?? '',
    version: textOf(item.versionInfo) ?? '',
    purl: purl === null ? null : plainPurl(purl),
    license: known ?? concluded ?? declared,
    ...(development ? { development } : {}),
  };
}

function purlOf(item: JsonObject): string | null {
  for (const reference of listOf(item.externalRefs)) {
    if (isRecord(reference) && reference.referenceType === 'purl') return textOf(reference.referenceLocator);
  }
  return null;
}

function subjectsOf(product: JsonObject): string[] {
  const version = textOf(product.versionInfo) ?? '';
  return [
    ...recordsOf(product.checksums).flatMap(({ algorithm, checksumValue }) =>
      digestOf(algorithm, checksumValue),
    ),
    ...purlDigest(purlOf(product)),
    ...(/^sha(256|384|512):[0-9a-f]+$/.test(version) ? [version] : []),
  ];
}

/** What the document is about: the product, which is not one of its own dependencies. */
function describedIds(document: JsonObject): Set<unknown> {
  const ids = new Set(listOf(document.documentDescribes));
  for (const one of listOf(document.relationships)) {
    if (!isRecord(one)) continue;
    if (one.relationshipType === 'DESCRIBES' && one.spdxElementId === 'SPDXRef-DOCUMENT')
      ids.add(one.relatedSpdxElement);
    if (one.relationshipType === 'DESCRIBED_BY' && one.relatedSpdxElement === 'SPDXRef-DOCUMENT')
      ids.add(one.spdxElementId);
  }
  return ids;
}

const developmentTypes = new Set(['DEV_DEPENDENCY_OF', 'TEST_DEPENDENCY_OF', 'DEV_TOOL_OF', 'TEST_TOOL_OF']);

function developmentIds(document: JsonObject): Set<unknown> {
  const ids = new Set<unknown>();
  for (const one of listOf(document.relationships)) {
    if (isRecord(one) && developmentTypes.has(String(one.relationshipType))) ids.add(one.spdxElementId);
  }
  return ids;
}
