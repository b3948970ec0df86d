import type { EvidenceFile } from '../../../core/gate/gate.ts';
import type { ProvenArtifact } from './evaluate.ts';

/** A submission holds 64 files: of more artifacts than this the attestations share one. */
const maxFiles = 20;

/**
 * The attestations that were relied on, as they were found, in the layout of the evidence zip: statements as JSON
 * lines of whole bundles under `attestations/`, signatures over the artifact itself under `signatures/` (bundles as
 * JSON lines, or one signature in base64). Both can be verified again from the zip alone.
 */
export function provenanceEvidence(artifacts: readonly ProvenArtifact[]): EvidenceFile[] {
  const taken = new Set<string>();
  const together = { name: 'artifacts', relied: artifacts.flatMap(({ relied }) => relied) };
  return (artifacts.length > maxFiles ? [together] : artifacts).flatMap(({ name, relied }) => {
    const base = unique(fileNameOf(name), taken);
    const signatures = textsOf(relied, 'artifact');
    const bundles = signatures.filter((text) => text.startsWith('{'));
    const bare = signatures.filter((text) => !text.startsWith('{'));
    return [
      ...lines(`attestations/${base}.intoto.jsonl`, textsOf(relied, 'payload')),
      ...lines(`signatures/${base}.sig`, bundles),
      ...bare.map((text, index) => file(`signatures/${base}.${index + 1}.sig`, 'text/plain', `${text}\n`)),
    ];
  });
}

function lines(path: string, texts: readonly string[]): EvidenceFile[] {
  return texts.length === 0 ? [] : [file(path, 'application/jsonl', `${texts.join('\n')}\n`)];
}

function textsOf(relied: ProvenArtifact['relied'], kind: 'payload' | 'artifact'): string[] {
  const texts = relied.flatMap(({ attestation: { text, check } }) =>
    check.ok && check.covers.kind === kind ? [text] : [],
  );
  return [...new Set(texts)];
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
