/** A container image as written: `registry/name:tag@sha256:…`. */
export interface ImageName {
  readonly tag: string | null;
  readonly digest: string | null;
}

export function parseImage(text: string): ImageName {
  const [beforeDigest = '', digest = null] = text.split('@');
  const lastPart = beforeDigest.slice(beforeDigest.lastIndexOf('/') + 1);
  const colon = lastPart.indexOf(':');
  return { tag: colon < 0 ? null : lastPart.slice(colon + 1), digest };
}

/** True when the name can mean another image tomorrow without anybody touching it. */
export function floats({ tag, digest }: ImageName): boolean {
  return digest === null && (tag === null || tag === '' || tag === 'latest');
}
