const prefix = '<!-- release-conductor:';
const suffix = ' -->';

/** First line of everything we write that has to be found again. Hidden in rendered Markdown. */
export function withMarker(key: string, body: string): string {
  return `${markerLine(key)}\n${body}`;
}

/** True when this body carries exactly this key. Ask it only of objects that the App itself authored. */
export function hasMarker(body: string | null | undefined, key: string): boolean {
  return markerOf(body) === markerLine(key);
}

/** The key that this body carries; null: none. Ask it only of objects that the App itself authored. */
export function markedKey(body: string | null | undefined): string | null {
  const line = markerOf(body);
  return line === null ? null : line.slice(prefix.length, -suffix.length);
}

/** The new body under the marker of the old one. */
export function keepMarker(oldBody: string | null | undefined, newBody: string): string {
  const marker = markerOf(oldBody);
  return marker === null ? newBody : `${marker}\n${newBody}`;
}

function markerOf(body: string | null | undefined): string | null {
  const line = (body ?? '').split(/\r?\n/, 1)[0] ?? '';
  return line.startsWith(prefix) && line.endsWith(suffix) ? line : null;
}

/** A key cannot end the comment early: `-->` has no place in it. */
function markerLine(key: string): string {
  return `${prefix}${key.replaceAll('--', '-%2D').replaceAll(/[\r\n<>]/g, encodeURIComponent)}${suffix}`;
}
