import type { SignatureCheck } from '../../../core/ports/attestations.ts';

export const digestAlgorithms = ['sha256', 'sha384', 'sha512'] as const;
export interface Digest {
  readonly algorithm: (typeof digestAlgorithms)[number];
  /** Lower case. */
  readonly hex: string;
}

/** One signed document and what became of its verification. */
export interface AttestationFacts {
  /** File it came from; absent when GitHub keeps it. */
  readonly path?: string;
  /** The document on one line, as it goes into the evidence. */
  readonly text: string;
  readonly check: SignatureCheck;
}

export interface ArtifactFacts {
  /** Path, or digest when that is all that is known. */
  readonly name: string;
  /** Of one content: a statement has to name one of them. */
  readonly digests: readonly Digest[];
  /** Globs and hosts that were searched, for the message when nothing was found. */
  readonly searched: readonly string[];
  /** Why GitHub's attestations, which had to be asked, are not known; null when they are or need not be. */
  readonly unread: string | null;
  readonly attestations: readonly AttestationFacts[];
}

export type ProvenanceFacts =
  /** The config names no artifact. */
  | { readonly state: 'not-configured' }
  /** The gate runs where signatures cannot be verified. */
  | { readonly state: 'no-verifier' }
  | {
      readonly state: 'collected';
      readonly artifacts: readonly ArtifactFacts[];
      /** Globs of artifacts that matched no file. */
      readonly missing: readonly string[];
      /** Files that were named but hold nothing signed. */
      readonly unreadable: readonly { readonly path: string; readonly problem: string }[];
      /** Trust anchors that the base does not have yet, so that the change under test supplies them. */
      readonly anchorsFromChange: readonly string[];
    };

/** `sha256:…` as the options allow it. */
export function parseDigest(text: string): Digest {
  const [name, hex = ''] = text.split(':');
  const algorithm = digestAlgorithms.find((one) => one === name);
  if (algorithm === undefined) throw new TypeError(`not a digest: ${text.slice(0, 80)}`);
  return { algorithm, hex };
}

export function printDigest({ algorithm, hex }: Digest): string {
  return `${algorithm}:${hex}`;
}
