import { parseDocument } from 'yaml';
import { isRecord, type JsonObject } from '../json.ts';
import { readCycloneDx } from './cyclonedx.ts';
import { maxDepth, tooDeep } from './depth.ts';
import { decodeText, parseJson } from './encoding.ts';
import type { Sbom, SbomProblem } from './model.ts';
import { readSpdx } from './spdx.ts';
import { readSpdx3 } from './spdx3.ts';
import { parseTagValue } from './tag-value.ts';

export type SbomRead =
  | { readonly ok: true; readonly sbom: Sbom }
  /** `notSbom`: a well-formed file that is no SBOM; a glob may catch such files. */
  | { readonly ok: false; readonly path: string; readonly notSbom: boolean; readonly problem: string };

/**
 * Reads one document: SPDX 2.2/2.3 as JSON, YAML or tag-value, SPDX 3.0 as JSON-LD, CycloneDX 1.4–1.7 as JSON and
 * XML; in UTF-8 or UTF-16. What is known but not read is refused by name. Never throws.
 */
export async function readSbom(path: string, bytes: Uint8Array): Promise<SbomRead> {
  const refuse = (problem: string, notSbom = false): SbomRead => ({ ok: false, path, notSbom, problem });
  try {
    const text = decodeText(bytes).replace(/^\uFEFF/, '');
    const parsed = await parseText(text);
    if (typeof parsed === 'string') return refuse(parsed, parsed === otherXml);
    if (!isRecord(parsed.document)) return refuse('it holds no object', true);
    const sbom = await readDocument(path, parsed.document, bytes);
    return sbom === null
      ? refuse('it is neither SPDX nor CycloneDX', true)
      : { ok: true, sbom: { ...sbom, problems: [...parsed.problems, ...sbom.problems] } };
  } catch (error) {
    return refuse(
      `it cannot be read (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`,
    );
  }
}

interface Parsed {
  readonly document: unknown;
  readonly problems: readonly SbomProblem[];
}

/** The text as an object, or the reason why its syntax is not read. */
async function parseText(text: string): Promise<Parsed | string> {
  const start = text.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) return { document: parseJson(text), problems: [] };
  if (start.startsWith('<')) return await parseXmlText(text);
  if (/^SPDXVersion[ \t]*:/m.test(text)) return parseTagValue(text);
  const yaml = parseDocument(text, { uniqueKeys: true });
  const [error] = yaml.errors;
  if (error !== undefined)
    return `it is neither JSON, YAML nor tag-value text (${error.message.split('\n')[0]})`;
  return { document: yaml.toJS({ maxAliasCount: 100 }), problems: [] };
}

const otherXml = 'it is XML, but no CycloneDX';

/** CycloneDX alone is read in XML; the parser is a chunk of its own. */
async function parseXmlText(text: string): Promise<Parsed | string> {
  const head = text.slice(0, 2_000);
  if (/<rdf:RDF|spdx\.org\/rdf/.test(head)) return 'SPDX as RDF is not read; make it as JSON';
  if (/<Document\b|<spdx/i.test(head) && /spdx/i.test(head))
    return 'SPDX as XML is not read; make it as JSON';
  const { cycloneDxFromXml } = await import('./cyclonedx-xml.ts');
  return cycloneDxFromXml(text) ?? otherXml;
}

/** SPDX 2 is read field by field; the others are trees and graphs that are walked. */
async function readDocument(path: string, document: JsonObject, bytes: Uint8Array): Promise<Sbom | null> {
  if ('spdxVersion' in document) return readSpdx(path, document, bytes);
  if ('bomFormat' in document || 'specVersion' in document) return await readCycloneDx(path, document, bytes);
  if ('@graph' in document || 'spdxId' in document) {
    if (deeperThan(document, maxDepth)) throw tooDeep();
    return readSpdx3(path, document, bytes);
  }
  return null;
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((inner) => deeperThan(inner, levels - 1));
  const record = value as JsonObject;
  for (const key in record) if (deeperThan(record[key], levels - 1)) return true;
  return false;
}
