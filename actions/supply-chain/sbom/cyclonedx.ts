import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../json.ts';
import { cycloneDxVersions, schemaCheck } from './cyclonedx-schema.ts';
import { type Component, digestOf, plainPurl, purlDigest, type Sbom, type SbomProblem } from './model.ts';

/** Reads a CycloneDX document: the published schema of its version first, then what a schema cannot say. */
export async function readCycloneDx(path: string, document: JsonObject, bytes: Uint8Array): Promise<Sbom> {
  const version = textOf(document.specVersion) ?? '';
  const check = await schemaCheck(version);
  const product = isRecord(document.metadata) ? document.metadata.component : undefined;
  const components = [...componentsOf(document.components, new Set())];
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
        : [...check(document), ...referenceProblems(document)],
    bytes,
  };
}

function* componentsOf(list: unknown, seen: Set<unknown>): Generator<Component> {
  for (const item of recordsOf(list)) {
    if (seen.has(item)) continue;
    seen.add(item);
    const group = textOf(item.group);
    const name = textOf(item.name) ?? '';
    const purl = textOf(item.purl);
    yield {
      name: group ? `${group}/${name}` : name,
      version: textOf(item.version) ?? '',
      purl: purl === null ? null : plainPurl(purl),
      license: licenseOf(item.licenses),
      ...(item.scope === 'excluded' ? { development: true } : {}),
    };
    yield* componentsOf(item.components, seen);
  }
}

/** Several licences beside each other all hold: the field has no way to say "or" but an expression. */
function licenseOf(licenses: unknown): string | null {
  const parts = recordsOf(licenses).flatMap((choice) => {
    const license = isRecord(choice.license) ? choice.license : {};
    const named = textOf(license.name);
    return (
      textOf(choice.expression) ??
      textOf(license.id) ??
      (named === null ? [] : `LicenseRef-${named.replace(/[^\w.-]+/g, '-')}`)
    );
  });
  if (parts.length === 0) return null;
  return parts.length === 1 ? (parts[0] ?? null) : parts.map((part) => `(${part})`).join(' AND ');
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

/** The lists that the schemas call sets (`uniqueItems`). */
const uniqueLists = new Set(
  (
    'components services dependencies dependsOn compositions vulnerabilities assemblies affects annotations formulation ' +
    'subjects workflows resourceReferences tasks taskDependencies steps workspaces runtimeTopology conditions ' +
    'environmentVars provides citations'
  ).split(' '),
);

/** Whether two items are the same. Only those that agree in what usually tells them apart are compared as a whole. */
function repeats(list: readonly unknown[]): boolean {
  const keys = list.map(tellsApart);
  if (list.length <= fewItems) {
    return keys.some((key, index) => keys.indexOf(key) < index && sameAsEarlier(list, index));
  }
  if (new Set(keys).size === keys.length) return false;
  const seen = new Set<string>();
  return list.some((item, index) => {
    const text = `${keys[index]} ${JSON.stringify(item)}`;
    return seen.has(text) || !seen.add(text);
  });
}

/** Most lists are this short: no table is made for them. */
const fewItems = 4;

function sameAsEarlier(list: readonly unknown[], index: number): boolean {
  const text = JSON.stringify(list[index]);
  return list.slice(0, index).some((other) => JSON.stringify(other) === text);
}

function tellsApart(item: unknown): string {
  if (typeof item === 'string') return item;
  if (!isRecord(item)) return JSON.stringify(item);
  const reference = textOf(item['bom-ref']) ?? textOf(item.ref);
  return reference ?? `${item.id} ${item.purl} ${item.name} ${item.version}`;
}

/**
 * `bom-ref` is unique in a document, and dependencies point to refs that exist (CycloneDX 1.6, "bom-ref"). A second use
 * inside formulations is only a warning: the specification's own examples repeat a workspace where it is meant again.
 */
function referenceProblems(document: JsonObject): SbomProblem[] {
  const parts = new Set<string>();
  const refs = new Set<string>();
  const problems: SbomProblem[] = [];
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) {
      if (uniqueLists.has(key) && repeats(value))
        problems.push({ place: key, message: 'lists the same twice' });
      for (const item of value) if (typeof item === 'object') visit(item, key);
    } else if (isRecord(value)) {
      const ref = textOf(value['bom-ref']);
      const part = key === 'components' || key === 'component' || key === 'services';
      if (ref !== null && refs.has(ref))
        problems.push({
          place: `${key}.bom-ref`,
          message: `${JSON.stringify(ref)} is used twice`,
          ...(part && parts.has(ref) ? {} : { level: 'warning' }),
        });
      if (ref !== null) refs.add(ref);
      if (ref !== null && part) parts.add(ref);
      // Millions of steps in a large document: no list of entries is made for each.
      for (const name in value) if (typeof value[name] === 'object') visit(value[name], name);
    }
  };
  visit(document, '');
  for (const { ref, dependsOn } of recordsOf(document.dependencies)) {
    for (const end of [ref, ...listOf(dependsOn)]) {
      if (typeof end !== 'string' || refs.has(end) || end.startsWith('urn:cdx:')) continue;
      problems.push({
        place: 'dependencies',
        message: `${JSON.stringify(end)} is no bom-ref of the document`,
        level: 'warning',
      });
    }
  }
  return problems;
}
