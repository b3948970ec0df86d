import type { EvidenceFile } from '../../../core/gate/gate.ts';
import { decodeText, startsWith } from './encoding.ts';
import type { Sbom } from './model.ts';

/**
 * `sbom/<name>` byte for byte, under the suffix of what it is: `.spdx.json` (also SPDX 3 as JSON-LD), `.spdx.yaml`,
 * `.spdx` (tag-value), `.cdx.json`, `.cdx.xml`. Documents of one name in different folders are numbered.
 */
export function sbomEvidence(sboms: readonly Sbom[]): EvidenceFile[] {
  const taken = new Map<string, number>();
  return sboms.map((sbom) => {
    const name = sbom.path
      .replace(/^sbom\//, '')
      .replace(/(\.(spdx3?|cdx))?(\.(json|ya?ml|xml|spdx|tag))?$/, '')
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '');
    const { suffix, mediaType } = formOf(sbom);
    const key = `${name || 'sbom'}${suffix}`;
    const times = (taken.get(key) ?? 0) + 1;
    taken.set(key, times);
    const number = times > 1 ? `-${times}` : '';
    return { path: `sbom/${name || 'sbom'}${number}${suffix}`, mediaType, bytes: sbom.bytes };
  });
}

interface Form {
  readonly suffix: string;
  readonly mediaType: string;
}

/** By what the file holds, whatever it was called. Its head tells JSON: the rest of a large one is not read again. */
function formOf({ format, bytes }: Sbom): Form {
  if (format === 'CycloneDX') {
    return startsWith(bytes, '<')
      ? { suffix: '.cdx.xml', mediaType: 'application/vnd.cyclonedx+xml' }
      : { suffix: '.cdx.json', mediaType: 'application/vnd.cyclonedx+json' };
  }
  if (startsWith(bytes, '{')) return { suffix: '.spdx.json', mediaType: 'application/spdx+json' };
  return /^SPDXVersion[ \t]*:/m.test(decodeText(bytes))
    ? { suffix: '.spdx', mediaType: 'text/spdx' }
    : { suffix: '.spdx.yaml', mediaType: 'application/yaml' };
}
