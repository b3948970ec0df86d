import { readCycloneDx } from './cyclonedx.ts';
import type { Sbom } from './model.ts';
import { readSpdx } from './spdx.ts';

export type SbomRead =
  | { readonly ok: true; readonly sbom: Sbom }
  /** `notSbom`: valid JSON that is no SBOM; a glob may catch such files. */
  | { readonly ok: false; readonly path: string; readonly notSbom: boolean; readonly problem: string };

/** Nesting deeper than any real document has; guards the walk against a crafted one. */
const maxDepth = 64;

/** Reads one document: SPDX 2.2/2.3 JSON or CycloneDX 1.4–1.6 JSON, UTF-8 or UTF-16 with its mark. Never throws. */
export function readSbom(path: string, bytes: Uint8Array): SbomRead {
  let document: unknown;
  try {
    document = JSON.parse(decodeText(bytes));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { ok: false, path, notSbom: false, problem: `it is not JSON text (${words})` };
  }
  if (depthOf(document, 0) > maxDepth) {
    return { ok: false, path, notSbom: false, problem: `it is nested deeper than ${maxDepth} levels` };
  }
  if (!isRecord(document)) return { ok: false, path, notSbom: true, problem: 'it is no JSON object' };
  if ('spdxVersion' in document) return { ok: true, sbom: readSpdx(path, document, bytes) };
  if ('bomFormat' in document || 'specVersion' in document) {
    return { ok: true, sbom: readCycloneDx(path, document, bytes) };
  }
  if ('@graph' in document) {
    return { ok: false, path, notSbom: false, problem: 'SPDX 3 (JSON-LD) is not read yet' };
  }
  return { ok: false, path, notSbom: true, problem: 'it is neither SPDX nor CycloneDX' };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function decodeText(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}

function depthOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return depth;
  let deepest = depth;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, depth + 1));
  return deepest;
}
