import { isRecord } from '../../json.ts';
import { decodeText } from '../../sbom/encoding.ts';
import { parseCsaf } from './csaf.ts';
import { parseCycloneDxVex } from './cyclonedx.ts';
import { parseOpenVex } from './openvex.ts';
import type { VexRead } from './statement.ts';

/** Reads an OpenVEX or CSAF document, or the analyses in a CycloneDX document. Never throws. */
export function readVex(path: string, bytes: Uint8Array): VexRead {
  try {
    const document: unknown = JSON.parse(decodeText(bytes));
    if (isRecord(document)) {
      if (String(document['@context']).startsWith('https://openvex.dev/ns'))
        return { ok: true, statements: parseOpenVex(path, document) };
      if (isRecord(document.document) && /^csaf_/.test(String(document.document.category)))
        return { ok: true, statements: parseCsaf(path, document) };
      if (document.bomFormat === 'CycloneDX')
        return { ok: true, statements: parseCycloneDxVex(path, document) };
    }
    return { ok: false, path, problem: 'it is neither OpenVEX, CycloneDX nor CSAF' };
  } catch (error) {
    return {
      ok: false,
      path,
      problem: `it is not JSON text (${error instanceof Error ? error.message : String(error)})`,
    };
  }
}
