import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../json.ts';
import { referenceProblems } from './cyclonedx-references.ts';
import { cycloneDxVersions, schemaCheck } from './cyclonedx-schema.ts';
import { type Component, digestOf, plainPurl, purlDigest, type Sbom } from './model.ts';

/** Reads a CycloneDX document: the published schema of its version first, then what a schema cannot say. */
export async function readCycloneDx(path: string, document: JsonObject, bytes: Uint8Array): Promise<Sbom> {
  const version = textOf(document.specVersion) ?? '';
  // First, because it also keeps the others from a document that is too deep for them.
  const references = referenceProblems(document);
  const check = await schemaCheck(version);
  const product = isRecord(document.metadata) ? document.metadata.component : undefined;
  const components = componentsOf(document.components);
  return {
    path,
    format: 'CycloneDX',
    specVersion: version,
    components,
    entries: components.length + (isRecord(product) ? 1 : 0),
    subjects: isRecord(product) ? subjectsOf(product) : [],
    problems:
      check === null
        ? [{ place: 'specVersion', message: `must be one of ${cycloneDxVersions.join(', ')}` }]
        : [...check(document), ...references],
    bytes,
  };
}

/** The components and what is nested in them, in the order of the document. */
function componentsOf(list: unknown, found: Component[] = []): Component[] {
  for (const item of listOf(list)) {
    if (!isRecord(item)) continue;
    const group = textOf(item.group);
    const name = textOf(item.name) ?? '';
    const purl = textOf(item.purl);
    found.push({
      name: group ? `${group}/${name}` : name,
      version: textOf(item.version) ?? '',
      purl: purl === null ? null : plainPurl(purl),
      license: licenseOf(item.licenses),
      ...(item.scope === 'excluded' ? { development: true } : {}),
    });
    if (item.components !== undefined) componentsOf(item.components, found);
  }
  return found;
}

/** Several licences beside each other all hold: the field has no way to say "or" but an expression. */
function licenseOf(licenses: unknown): string | null {
  const choices = listOf(licenses);
  if (choices.length <= 1) return nameOf(choices[0]);
  const parts = choices.flatMap((choice) => nameOf(choice) ?? []);
  if (parts.length <= 1) return parts[0] ?? null;
  return parts.map((part) => `(${part})`).join(' AND ');
}

function nameOf(choice: unknown): string | null {
  if (!isRecord(choice)) return null;
  const license = isRecord(choice.license) ? choice.license : {};
  const said = textOf(choice.expression) ?? textOf(license.id);
  if (said !== null) return said;
  const named = textOf(license.name);
  return named === null ? null : `LicenseRef-${named.replace(/[^\w.-]+/g, '-')}`;
}

/** Image scanners write the digest as the version, build tools as a hash. */
function subjectsOf(product: JsonObject): string[] {
  const version = textOf(product.version) ?? '';
  return [
    ...recordsOf(product.hashes).flatMap(({ alg, content }) => digestOf(alg, content)),
    ...purlDigest(textOf(product.purl)),
    ...(/^sha(256|384|512):[0-9a-f]+$/.test(version) ? [version] : []),
  ];
}
