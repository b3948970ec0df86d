import type { AggregateRef } from './event.ts';

/**
 * The idempotency key of an effect: one text for ever, safe inside an HTML comment, a check's external id and
 * a deployment payload. Every part is percent-encoded, so a tag such as `v1-->` cannot end a marker early.
 * `release/acme%2Fshop/v1.2.0#deploy/2`
 */
export function effectKey(aggregate: AggregateRef, id: string): string {
  const part = (text: string): string => encodeURIComponent(text);
  return `${aggregate.kind}/${part(aggregate.repository)}/${part(aggregate.key)}#${id}`;
}

/** The aggregate of an effect's key, as it reads back from a marker; null: that is no key. */
export function aggregateOfKey(key: string): AggregateRef | null {
  const parts = /^(change|release|governance|preview|ledger)\/([^/#]+)\/([^/#]+)#/.exec(key);
  if (parts === null) return null;
  const [, kind, repository = '', name = ''] = parts;
  try {
    return {
      kind: kind as AggregateRef['kind'],
      repository: decodeURIComponent(repository),
      key: decodeURIComponent(name),
    };
  } catch {
    return null; // an escape that is none
  }
}

/** The effect's id inside its aggregate: what follows `#`. A text without `#` is already an id. */
export function effectIdOf(key: string): string {
  return key.slice(key.lastIndexOf('#') + 1);
}
