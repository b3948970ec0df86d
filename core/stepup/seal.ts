import { createHmac, timingSafeEqual } from 'node:crypto';

/** Text that we gave away and want to know again: with an expiry, under a key of ours. */
export function seal(value: unknown, expires: number, key: string): string {
  const body = Buffer.from(JSON.stringify({ value, expires })).toString('base64url');
  return `${body}.${mac(body, key)}`;
}

/** What was sealed; null when it is not ours, was changed, or has expired at `now`, ms since the epoch. */
export function unseal(text: string | undefined, now: number, key: string): unknown {
  const [body = '', given = '', ...rest] = (text ?? '').split('.');
  if (rest.length > 0 || !isEqual(given, mac(body, key))) return null;
  try {
    const { value, expires } = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    return typeof expires === 'number' && now < expires ? value : null;
  } catch {
    return null;
  }
}

/** An unguessable name that is the same for the same text. */
export function nameOf(text: string, key: string): string {
  return mac(text, key);
}

function mac(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
