/** A container image as written: `registry/name:tag@sha256:…`. */
export interface ImageName {
  readonly tag: string | null;
  /** Null also when it is no whole digest. */
  readonly digest: string | null;
}

export function parseImage(text: string): ImageName {
  const [beforeDigest = '', digest = null] = text.split('@');
  const lastPart = beforeDigest.slice(beforeDigest.lastIndexOf('/') + 1);
  const colon = lastPart.indexOf(':');
  const whole = digest !== null && /^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/.test(digest);
  return { tag: colon < 0 ? null : lastPart.slice(colon + 1), digest: whole ? digest : null };
}

/** True when the name can mean another image tomorrow without anybody touching it. */
export function floats({ tag, digest }: ImageName): boolean {
  return digest === null && (tag === null || tag === '' || /^(.+-)?latest(-.+)?$/.test(tag));
}
