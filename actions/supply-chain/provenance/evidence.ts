import type { EvidenceFile } from '../../../core/gate/gate.ts';
import type { ProvenArtifact } from './evaluate.ts';

/**
 * The attestations that were relied on, as they were found, in the layout of the evidence zip: statements as JSON
 * lines of whole bundles under `attestations/`, signatures over the artifact itself under `signatures/` (a bundle,
 * or the signature in base64). Both can be verified again from the zip alone.
 */
export function provenanceEvidence(artifacts: readonly ProvenArtifact[]): EvidenceFile[] {
  const taken = new Set<string>();
  return artifacts.flatMap(({ name, relied }) => {
    const base = unique(fileNameOf(name), taken);
    const statements = [...new Set(textsOf(relied, 'payload'))];
    const signatures = [...new Set(textsOf(relied, 'artifact'))];
    return [
      ...(statements.length === 0
        ? []
        : [file(`attestations/${base}.intoto.jsonl`, 'application/jsonl', `${statements.join('\n')}\n`)]),
      ...signatures.map((text, index) =>
        file(
          `signatures/${base}${index === 0 ? '' : `.${index + 1}`}.sig`,
          text.startsWith('{') ? 'application/vnd.dev.sigstore.bundle.v0.3+json' : 'text/plain',
          `${text}\n`,
        ),
      ),
    ];
  });
}

function textsOf(relied: ProvenArtifact['relied'], kind: 'payload' | 'artifact'): string[] {
  return relied.flatMap(({ attestation: { text, check } }) =>
    check.ok && check.covers.kind === kind ? [text] : [],
  );
}

function fileNameOf(name: string): string {
  const plain = name
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .replace(/[.]+$/, '');
  return plain.slice(-120).replace(/^[.-]+/, '') || 'artifact';
}

/** Some file systems ignore case, so names that differ in it alone are numbered too. */
function unique(name: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}.${number}`;
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
}

function file(path: string, mediaType: string, text: string): EvidenceFile {
  return { path, mediaType, bytes: new TextEncoder().encode(text) };
}
