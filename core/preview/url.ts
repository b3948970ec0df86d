/** What the pipeline says is the address of the preview; anything but http and https, or with a password in it, is none. */
export function previewUrl(text: string | null | undefined): string | null {
  const url = URL.parse(text ?? '');
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > 500) return null;
  return url.username === '' && url.password === '' ? url.href : null;
}
