import { textOf } from '../../json.ts';

/** A time of any ISO form in ms since the epoch; null when it is none. */
export function timeOf(value: unknown): number | null {
  const time = Date.parse(textOf(value) ?? '');
  return Number.isNaN(time) ? null : time;
}

/** The digests in image names (`registry/shop@sha256:…`) and by themselves. */
export function digestsIn(values: readonly unknown[]): string[] {
  return values.flatMap((value) => /sha256:[0-9a-f]{64}/.exec(textOf(value) ?? '')?.[0] ?? []);
}
