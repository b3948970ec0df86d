import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import { digestOf, plainPurl, purlDigest } from '../../sbom/model.ts';
import type { ParsedReport, Severity, Vulnerability } from '../model.ts';
import { severityOf, severityOfVector, worst } from '../severity.ts';
import { timeOf } from './parts.ts';

/**
 * The vulnerabilities in a CycloneDX document, as `trivy --format cyclonedx` and `grype -o cyclonedx-json` write them. An
 * analysis beside one counts only in a document under `vex`.
 */
export function parseCycloneDxReport(document: JsonObject): ParsedReport {
  const metadata = isRecord(document.metadata) ? document.metadata : {};
  const product = isRecord(metadata.component) ? metadata.component : {};
  const parts = new Map<string, JsonObject>();
  collectParts([product, ...recordsOf(document.components)], parts);
  return {
    scanner: 'CycloneDX',
    scannedAt: timeOf(metadata.timestamp),
    subjects: [
      ...recordsOf(product.hashes).flatMap(({ alg, content }) => digestOf(alg, content)),
      ...purlDigest(textOf(product.purl)),
    ],
    vulnerabilities: recordsOf(document.vulnerabilities).flatMap((one) => vulnerabilitiesOf(one, parts)),
  };
}

function collectParts(list: readonly JsonObject[], parts: Map<string, JsonObject>): void {
  for (const part of list) {
    const ref = textOf(part['bom-ref']);
    if (ref !== null) parts.set(ref, part);
    collectParts(recordsOf(part.components), parts);
  }
}

/** One for each component it affects; without any, the entry still names its advisory and is refused as nameless. */
function vulnerabilitiesOf(one: JsonObject, parts: ReadonlyMap<string, JsonObject>): Vulnerability[] {
  const ids = [one.id, ...recordsOf(one.references).map(({ id }) => id)].flatMap((id) => textOf(id) ?? []);
  const affects = recordsOf(one.affects);
  return (affects.length === 0 ? [{}] : affects).map(({ ref, versions }: JsonObject) => {
    const name = (textOf(ref) ?? '').replace(/^urn:cdx:[^#]*#/, '');
    const part = parts.get(name) ?? partOf(name);
    const purl = textOf(part.purl);
    const group = textOf(part.group);
    return {
      ids: [...new Set(ids)],
      package: `${group ? `${group}/` : ''}${textOf(part.name) ?? name}`,
      version: textOf(part.version) ?? '',
      purl: purl === null ? null : plainPurl(purl),
      severity: worst(recordsOf(one.ratings).map(severityOfRating)),
      fixedIn: recordsOf(versions)
        .filter(({ status }) => status === 'unaffected')
        .flatMap(({ version, range }) => textOf(version) ?? textOf(range) ?? []),
      published: timeOf(one.published),
      place: null,
    };
  });
}

/** A reference may be a package URL that no component carries. */
function partOf(ref: string): JsonObject {
  const [, name, version] = /^pkg:[^/]+\/(.+?)(?:@([^?#]*))?(?:[?#].*)?$/.exec(ref) ?? [];
  return name === undefined ? {} : { name: safelyDecoded(name), version: version ?? '', purl: ref };
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function severityOfRating({ severity, score, vector }: JsonObject): Severity {
  const said = severityOf(severity ?? listOf([score])[0]);
  return said === 'unknown' ? severityOfVector(textOf(vector)) : said;
}
