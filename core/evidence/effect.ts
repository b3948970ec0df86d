/** Evidence of a release: pack → attach (upload, read back, verify) → publish. */
export type EvidenceEffect =
  /** Settles with `{ sha256, size, bundleSha256 }`. `facts` is what only the state knows; the rest comes from the store. */
  | { readonly kind: 'packEvidence'; readonly tag: string; readonly facts: Readonly<Record<string, unknown>> }
  /** Settles with `{ assets: [{name, sha256}] }` after the uploaded bytes were read back and verified. */
  | {
      readonly kind: 'attachEvidence';
      readonly releaseId: number;
      readonly sha256: string;
      readonly bundleSha256: string;
    }
  /** Refuses unless the verified assets are there. Settles with `{ url }`. */
  | { readonly kind: 'publishRelease'; readonly releaseId: number; readonly body: string };
