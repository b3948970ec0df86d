import { textOf } from '../json.ts';
import { canonicalPurl } from '../lock-files/model.ts';

/** Something that a release contains, whatever document it was read from. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** Package URL without qualifiers and subpath; null when the document gives none. */
  readonly purl: string | null;
  /** SPDX expression, `NOASSERTION` when the document says that nobody looked, null when it says nothing. */
  readonly license: string | null;
  /** Not part of what runs: the document says that it is for development, for tests or left out. */
  readonly development?: boolean;
}

export interface SbomProblem {
  /** Place in the document, as a path of keys. */
  readonly place: string;
  readonly message: string;
  /** A warning is what tools write although the specification knows better; default: error. */
  readonly level?: 'error' | 'warning';
}

export interface Sbom {
  readonly path: string;
  readonly format: 'SPDX' | 'CycloneDX';
  readonly specVersion: string;
  /** The product itself is not among them when the document marks it. */
  readonly components: readonly Component[];
  /** Everything that the document lists, the product included: zero means that it says nothing. */
  readonly entries: number;
  /** Digests of the product that the document is about, as `sha256:…`; empty when it names none. */
  readonly subjects: readonly string[];
  readonly problems: readonly SbomProblem[];
  readonly bytes: Uint8Array;
}

/**
 * `pkg:npm/%40scope/name@1.0.0?x#y` → the same without `?x#y`, percent signs decoded, names in one spelling. Asked for
 * each of tens of thousands of components: text that is plain already is given back as it is.
 */
export function plainPurl(purl: string): string | null {
  const decoded = plain.test(purl) ? purl : decode(purl);
  if (decoded === null || decoded.startsWith('pkg:npm/')) return decoded;
  const [, type = '', name = '', version] = /^pkg:([^/]+)\/(.+?)(?:@([^@/]*))?$/.exec(decoded) ?? [];
  const canonical = canonicalPurl(type, name, version ?? '');
  return version === undefined ? canonical.slice(0, -1) : canonical;
}

const plain = /^pkg:[a-z.+-]+\/[^?#%]+$/;

function decode(purl: string): string | null {
  const match = /^pkg:([A-Za-z.+-]+)\/([^?#]+)/.exec(purl);
  if (match === null) return null;
  try {
    return `pkg:${match[1]?.toLowerCase()}/${decodeURIComponent(match[2] ?? '')}`;
  } catch {
    return null;
  }
}

/** The digest that a package URL of an image carries: `pkg:oci/shop@sha256:…`. */
export function purlDigest(purl: string | null): string[] {
  const match = /@(sha(?:256|384|512))(?::|%3a)([0-9a-f]{64,128})(?=$|[?#])/i.exec(purl ?? '');
  return match === null ? [] : [`${match[1]?.toLowerCase()}:${match[2]?.toLowerCase()}`];
}

/** `SHA-256`, `SHA256` and `sha256` with their value → `sha256:…`; other algorithms bind nothing. */
export function digestOf(algorithm: unknown, value: unknown): string[] {
  const name = (textOf(algorithm) ?? '').toLowerCase().replace(/^sha-?(256|384|512)$/, 'sha$1');
  return /^sha(256|384|512)$/.test(name) ? [`${name}:${(textOf(value) ?? '').toLowerCase()}`] : [];
}
