import type { FoundDocument } from './documents.ts';
import type { ArtifactFacts, Digest } from './facts.ts';

/** An artifact as far as it is known here: its content, or only a digest. */
export interface NamedArtifact {
  readonly name: string;
  readonly digests: readonly Digest[];
  readonly bytes: Uint8Array | null;
}

/** A file with attestations, parsed; without a path what GitHub keeps. */
export interface AttestationSource {
  readonly path?: string;
  readonly found: readonly FoundDocument[];
}

/** What was found of an artifact, and where that was looked for. */
export interface Found extends Pick<ArtifactFacts, 'searched' | 'unread'> {
  readonly files: readonly AttestationSource[];
}
