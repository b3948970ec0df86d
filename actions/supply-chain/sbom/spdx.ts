import { type Component, plainPurl, type Sbom, type SbomProblem } from './model.ts';
import { isRecord, listOf, textOf } from './read.ts';

/** The relationship types of SPDX 2.3, clause 11.1. */
const relationshipTypes = new Set(
  (
    'DESCRIBES DESCRIBED_BY CONTAINS CONTAINED_BY DEPENDS_ON DEPENDENCY_OF DEPENDENCY_MANIFEST_OF BUILD_DEPENDENCY_OF ' +
    'DEV_DEPENDENCY_OF OPTIONAL_DEPENDENCY_OF PROVIDED_DEPENDENCY_OF TEST_DEPENDENCY_OF RUNTIME_DEPENDENCY_OF ' +
    'EXAMPLE_OF GENERATES GENERATED_FROM ANCESTOR_OF DESCENDANT_OF VARIANT_OF DISTRIBUTION_ARTIFACT PATCH_FOR ' +
    'PATCH_APPLIED COPY_OF FILE_ADDED FILE_DELETED FILE_MODIFIED EXPANDED_FROM_ARCHIVE DYNAMIC_LINK STATIC_LINK ' +
    'DATA_FILE_OF TEST_CASE_OF BUILD_TOOL_OF DEV_TOOL_OF TEST_OF TEST_TOOL_OF DOCUMENTATION_OF OPTIONAL_COMPONENT_OF ' +
    'METAFILE_OF PACKAGE_OF AMENDS PREREQUISITE_FOR HAS_PREREQUISITE REQUIREMENT_DESCRIPTION_FOR SPECIFICATION_FOR OTHER'
  ).split(' '),
);
const spdxId = /^SPDXRef-[\w.-]+$/;
const externalId = /^DocumentRef-[\w.-]+:SPDXRef-[\w.-]+$/;
/** The specification knows no fractions of a second, but `npm sbom` writes them. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Reads an SPDX 2.2 or 2.3 document (ISO/IEC 5962) and checks what the specification makes mandatory. */
export function readSpdx(path: string, document: Readonly<Record<string, unknown>>, bytes: Uint8Array): Sbom {
  const packages = listOf(document.packages).filter(isRecord);
  const described = describedIds(document);
  return {
    path,
    format: 'SPDX',
    specVersion: (textOf(document.spdxVersion) ?? '').replace(/^SPDX-/, ''),
    components: packages.filter((one) => !described.has(textOf(one.SPDXID) ?? '')).map(componentOf),
    entries: packages.length,
    problems: [...headProblems(document), ...packageProblems(packages), ...relationshipProblems(document)],
    bytes,
  };
}

function componentOf(item: Readonly<Record<string, unknown>>): Component {
  const reference = listOf(item.externalRefs)
    .filter(isRecord)
    .find((one) => one.referenceType === 'purl');
  const purl = textOf(reference?.referenceLocator);
  const concluded = textOf(item.licenseConcluded);
  const declared = textOf(item.licenseDeclared);
  const known = [concluded, declared].find((one) => one !== null && one !== 'NOASSERTION' && one !== 'NONE');
  return {
    name: textOf(item.name) ?? '',
    version: textOf(item.versionInfo) ?? '',
    purl: purl === null ? null : plainPurl(purl),
    license: known ?? concluded ?? declared,
  };
}

/** What the document is about: the product, which is not one of its own dependencies. */
function describedIds(document: Readonly<Record<string, unknown>>): Set<string> {
  const listed = listOf(document.documentDescribes).flatMap((id) => textOf(id) ?? []);
  const related = listOf(document.relationships)
    .filter(isRecord)
    .flatMap((one) =>
      one.relationshipType === 'DESCRIBES' && one.spdxElementId === 'SPDXRef-DOCUMENT'
        ? (textOf(one.relatedSpdxElement) ?? [])
        : [],
    );
  return new Set([...listed, ...related]);
}

function headProblems(document: Readonly<Record<string, unknown>>): SbomProblem[] {
  const problems: SbomProblem[] = [];
  const need = (place: string, holds: boolean, message: string): void => {
    if (!holds) problems.push({ place, message });
  };
  const creation = isRecord(document.creationInfo) ? document.creationInfo : {};
  need(
    'spdxVersion',
    /^SPDX-2\.[23]$/.test(textOf(document.spdxVersion) ?? ''),
    'must be SPDX-2.2 or SPDX-2.3',
  );
  need('SPDXID', document.SPDXID === 'SPDXRef-DOCUMENT', 'must be SPDXRef-DOCUMENT');
  need('dataLicense', document.dataLicense === 'CC0-1.0', 'must be CC0-1.0');
  need('name', Boolean(textOf(document.name)), 'is missing');
  need('documentNamespace', URL.canParse(textOf(document.documentNamespace) ?? ''), 'must be a URI');
  need(
    'creationInfo.created',
    moment.test(textOf(creation.created) ?? ''),
    'must be a time such as 2026-01-31T12:00:00Z',
  );
  const creators = listOf(creation.creators).map(textOf);
  need('creationInfo.creators', creators.length > 0, 'must name at least one creator');
  const named = creators.every((one) => /^(Person|Organization|Tool): ?\S/.test(one ?? ''));
  need('creationInfo.creators', named, 'must each start with Person:, Organization: or Tool:');
  return problems;
}

function packageProblems(packages: readonly Readonly<Record<string, unknown>>[]): SbomProblem[] {
  const seen = new Set<string>();
  return packages.flatMap((item, index) => {
    const place = `packages[${index}]`;
    const id = textOf(item.SPDXID) ?? '';
    const problems: SbomProblem[] = [];
    if (!spdxId.test(id)) problems.push({ place: `${place}.SPDXID`, message: 'must be SPDXRef-…' });
    if (seen.has(id)) problems.push({ place: `${place}.SPDXID`, message: `${id} is used twice` });
    if (!textOf(item.name)) problems.push({ place: `${place}.name`, message: 'is missing' });
    if (!textOf(item.downloadLocation)) {
      problems.push({
        place: `${place}.downloadLocation`,
        message: 'is missing (NOASSERTION and NONE are values)',
      });
    }
    seen.add(id);
    return problems;
  });
}

function relationshipProblems(document: Readonly<Record<string, unknown>>): SbomProblem[] {
  const elements = [...listOf(document.packages), ...listOf(document.files), ...listOf(document.snippets)];
  const ids = new Set(['SPDXRef-DOCUMENT', 'NOASSERTION', 'NONE']);
  for (const element of elements) if (isRecord(element)) ids.add(textOf(element.SPDXID) ?? '');
  return listOf(document.relationships).flatMap((item, index) => {
    const place = `relationships[${index}]`;
    const relation = isRecord(item) ? item : {};
    const type = textOf(relation.relationshipType) ?? '';
    const ends = [relation.spdxElementId, relation.relatedSpdxElement].map((end) => textOf(end) ?? '');
    const unknown = ends.filter((end) => !ids.has(end) && !externalId.test(end));
    return [
      ...(relationshipTypes.has(type)
        ? []
        : [
            {
              place: `${place}.relationshipType`,
              message: `${JSON.stringify(type)} is no relationship of SPDX 2.3`,
            },
          ]),
      ...unknown.map((end) => ({ place, message: `${JSON.stringify(end)} is not in the document` })),
    ];
  });
}
