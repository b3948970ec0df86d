import type { EvidenceFile } from '../../../core/gate/gate.ts';
import type { Sbom } from './model.ts';

/** `sbom/<name>.spdx.json` and the like, byte for byte; documents of one name in different folders are numbered. */
export function sbomEvidence(sboms: readonly Sbom[]): EvidenceFile[] {
  const taken = new Map<string, number>();
  return sboms.map((sbom) => {
    const name = sbom.path
      .replace(/^sbom\//, '')
      .replace(/(\.(spdx3?|cdx))?(\.(json|ya?ml|spdx))?$/, '')
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '');
    const { suffix, ending, mediaType } = formOf(sbom);
    const path = `${name || 'sbom'}.${suffix}`;
    const times = (taken.get(path) ?? 0) + 1;
    taken.set(path, times);
    return { path: `sbom/${path}${times > 1 ? `.${times}` : ''}${ending}`, mediaType, bytes: sbom.bytes };
  });
}

interface Form {
  readonly suffix: string;
  readonly ending: string;
  readonly mediaType: string;
}

function formOf({ format, path }: Sbom): Form {
  if (format === 'CycloneDX')
    return { suffix: 'cdx', ending: '.json', mediaType: 'application/vnd.cyclonedx+json' };
  if (/\.ya?ml$/.test(path)) return { suffix: 'spdx', ending: '.yaml', mediaType: 'application/yaml' };
  if (/\.(spdx|tag)$/.test(path)) return { suffix: 'spdx', ending: '', mediaType: 'text/spdx' };
  return { suffix: 'spdx', ending: '.json', mediaType: 'application/spdx+json' };
}
