/**
 * A value as JSON would carry it: no `undefined`, and `null` for NaN and infinity. Measurements and findings pass
 * through here, so that a result in process and a result that was submitted are the same.
 */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
