import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../json.ts';
import { type Component, digestOf, plainPurl, purlDigest, type Sbom } from './model.ts';
import { spdxProblems } from './spdx2/rules.ts';

/** Reads an SPDX 2.2 or 2.3 document (ISO/IEC 5962), whatever syntax it was written in. */
export function readSpdx(path: string, document: JsonObject, bytes: Uint8Array): Sbom {
  const packages = recordsOf(document.packages);
  const { described, development } = rolesIn(document);
  const components: Component[] = [];
  const subjects: string[] = [];
  for (const one of packages) {
    if (described.has(one.SPDXID)) subjects.push(...subjectsOf(one));
    else components.push(componentOf(one, development.has(one.SPDXID)));
  }
  return {
    path,
    format: 'SPDX',
    specVersion: (textOf(document.spdxVersion) ?? '').replace(/^SPDX-/, ''),
    components,
    entries: packages.length + listOf(document.files).length,
    subjects,
    problems: spdxProblems(document, described),
    bytes,
  };
}

function componentOf(item: JsonObject, development: boolean): Component {
  const purl = purlOf(item);
  const concluded = textOf(item.licenseConcluded);
  const declared = textOf(item.licenseDeclared);
  return {
    name: textOf(item.name) ?? '',
    version: textOf(item.versionInfo) ?? '',
    purl: purl === null ? null : plainPurl(purl),
    license: says(concluded) ? concluded : says(declared) ? declared : (concluded ?? declared),
    ...(development ? { development } : {}),
  };
}

function says(license: string | null): boolean {
  return license !== null && license !== 'NOASSERTION' && license !== 'NONE';
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

interface Roles {
  /** What the document is about: the product, which is not one of its own dependencies. */
  readonly described: Set<unknown>;
  readonly development: Set<unknown>;
}

function rolesIn(document: JsonObject): Roles {
  const described = new Set(listOf(document.documentDescribes));
  const development = new Set<unknown>();
  for (const one of listOf(document.relationships)) {
    if (!isRecord(one)) continue;
    switch (one.relationshipType) {
      case 'DESCRIBES':
        if (one.spdxElementId === 'SPDXRef-DOCUMENT') described.add(one.relatedSpdxElement);
        break;
      case 'DESCRIBED_BY':
        if (one.relatedSpdxElement === 'SPDXRef-DOCUMENT') described.add(one.spdxElementId);
        break;
      case 'DEV_DEPENDENCY_OF':
      case 'TEST_DEPENDENCY_OF':
      case 'DEV_TOOL_OF':
      case 'TEST_TOOL_OF':
        development.add(one.spdxElementId);
    }
  }
  return { described, development };
}
