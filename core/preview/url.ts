/** Hosts that are no preview's: the machine's own link, where clouds keep credentials. */
const linkLocal =
  /^(169\.254(\.\d+){2}|\[fe[89ab][\da-f]:.*\]|\[fd00:ec2::254\]|metadata(\.google\.internal)?)\.?$/i;

/**
 * What the pipeline says is the address of the preview; anything but http and https, with a password in it, or of a
 * machine's own link, is none.
 */
export function previewUrl(text: string | null | undefined): string | null {
  const url = URL.parse(text ?? '');
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > 500) return null;
  if (linkLocal.test(url.hostname)) return null;
  return url.username === '' && url.password === '' ? url.href : null;
}
