import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../json.ts';
import { type Component, digestOf, plainPurl, purlDigest, type Sbom } from './model.ts';
import { spdx3Problems } from './spdx3-rules.ts';
import { packageClasses } from './spdx3-vocabulary.ts';

/** Reads an SPDX 3.0 document in its JSON-LD form with the published context. */
export function readSpdx3(path: string, document: JsonObject, bytes: Uint8Array): Sbom {
  const graph = Array.isArray(document['@graph']) ? recordsOf(document['@graph']) : [document];
  const packages = graph.filter((one) => packageClasses.has(typeOf(one)));
  const roots = rootsOf(graph);
  const licenses = licensesOf(graph);
  return {
    path,
    format: 'SPDX',
    specVersion: specVersionOf(graph),
    components: packages
      .filter(({ spdxId }) => !roots.has(spdxId))
      .map((one) => componentOf(one, licenses.get(one.spdxId) ?? null)),
    entries: graph.filter((one) => packageClasses.has(typeOf(one)) || typeOf(one) === 'software_File').length,
    subjects: graph.filter(({ spdxId }) => roots.has(spdxId)).flatMap(subjectsOf),
    problems: spdx3Problems(document, graph),
    bytes,
  };
}

const typeOf = (one: JsonObject): string => textOf(one.type) ?? textOf(one['@type']) ?? '';

function specVersionOf(graph: readonly JsonObject[]): string {
  for (const one of graph) {
    const info = typeOf(one) === 'CreationInfo' ? one : one.creationInfo;
    if (isRecord(info) && typeof info.specVersion === 'string') return info.specVersion;
  }
  return '3';
}

/** The product: what the SBOM is about, else what the document describes. */
function rootsOf(graph: readonly JsonObject[]): Set<unknown> {
  const boms = graph.filter((one) => typeOf(one) === 'software_Sbom' || typeOf(one) === 'Bom');
  const holders = boms.length > 0 ? boms : graph.filter((one) => typeOf(one) === 'SpdxDocument');
  return new Set(holders.flatMap(({ rootElement }) => listOf(rootElement)));
}

function componentOf(one: JsonObject, license: string | null): Component {
  const purl = purlOf(one);
  return {
    name: textOf(one.name) ?? '',
    version: textOf(one.software_packageVersion) ?? '',
    purl: purl === null ? null : plainPurl(purl),
    license,
  };
}

function purlOf(one: JsonObject): string | null {
  const identifier = recordsOf(one.externalIdentifier).find(
    ({ externalIdentifierType }) => externalIdentifierType === 'packageUrl',
  );
  return textOf(one.software_packageUrl) ?? textOf(identifier?.identifier);
}

function subjectsOf(one: JsonObject): string[] {
  return [
    ...recordsOf(one.verifiedUsing).flatMap(({ algorithm, hashValue }) => digestOf(algorithm, hashValue)),
    ...purlDigest(purlOf(one)),
  ];
}

/** Licences are elements of their own, tied to a package by a relationship; what was concluded wins. */
function licensesOf(graph: readonly JsonObject[]): Map<unknown, string> {
  const byId = new Map(graph.map((one) => [one.spdxId, one] as const));
  const found = new Map<unknown, string>();
  for (const type of ['hasDeclaredLicense', 'hasConcludedLicense']) {
    for (const { from, to, relationshipType } of graph) {
      if (relationshipType !== type) continue;
      const terms = listOf(to).flatMap((id) => expressionOf(id, byId, 0) ?? []);
      if (terms.length > 0)
        found.set(
          from,
          terms.length === 1 ? String(terms[0]) : terms.map((term) => `(${term})`).join(' AND '),
        );
    }
  }
  return found;
}

/** The expression that a licence element stands for; null when it says nothing. */
function expressionOf(id: unknown, byId: ReadonlyMap<unknown, JsonObject>, depth: number): string | null {
  const listed = /^https?:\/\/spdx\.org\/licenses\/([\w.+-]+)$/.exec(textOf(id) ?? '');
  if (listed !== null) return listed[1] ?? null;
  const one = byId.get(id);
  if (one === undefined || depth > 20) return null;
  const members = (): string[] =>
    listOf(one.expandedlicensing_member).flatMap((member) => expressionOf(member, byId, depth + 1) ?? []);
  switch (typeOf(one)) {
    case 'simplelicensing_LicenseExpression':
      return textOf(one.simplelicensing_licenseExpression);
    case 'expandedlicensing_ConjunctiveLicenseSet':
      return (
        members()
          .map((term) => `(${term})`)
          .join(' AND ') || null
      );
    case 'expandedlicensing_DisjunctiveLicenseSet':
      return (
        members()
          .map((term) => `(${term})`)
          .join(' OR ') || null
      );
    case 'expandedlicensing_CustomLicense':
    case 'simplelicensing_SimpleLicensingText':
      return `LicenseRef-${(textOf(one.name) ?? String(id)).replace(/[^\w.-]+/g, '-')}`;
    default:
      return null;
  }
}
