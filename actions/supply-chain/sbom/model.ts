/** Something that a release contains, whatever document it was read from. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** Package URL without qualifiers and subpath; null when the document gives none. */
  readonly purl: string | null;
  /** SPDX expression, `NOASSERTION` when the document says that nobody looked, null when it says nothing. */
  readonly license: string | null;
}

export interface SbomProblem {
  /** Place in the document, as a path of keys. */
  readonly place: string;
  readonly message: string;
}

export interface Sbom {
  readonly path: string;
  readonly format: 'SPDX' | 'CycloneDX';
  readonly specVersion: string;
  /** The product itself is not among them when the document marks it. */
  readonly components: readonly Component[];
  /** Everything that the document lists, the product included: zero means that it says nothing. */
  readonly entries: number;
  readonly problems: readonly SbomProblem[];
  readonly bytes: Uint8Array;
}

/** `pkg:npm/%40scope/name@1.0.0?x#y` → the same without `?x#y`, percent signs decoded, names in one spelling. */
export function plainPurl(purl: string): string | null {
  const match = /^pkg:([A-Za-z.+-]+)\/([^?#]+)/.exec(purl);
  if (match === null) return null;
  try {
    return `pkg:${match[1]?.toLowerCase()}/${decodeURIComponent(match[2] ?? '')}`;
  } catch {
    return null;
  }
}
