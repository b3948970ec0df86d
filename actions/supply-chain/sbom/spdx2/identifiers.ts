import { textOf } from '../../json.ts';
import type { Check } from './check.ts';
import type { Place } from './place.ts';

const own = /^SPDXRef-[\w.+-]+$/;
const external = /^DocumentRef-[\w.+-]+:SPDXRef-[\w.+-]+$/;

/** The ids that a document gives to its parts; relationships may only name these, or parts of other documents. */
export class Identifiers {
  private readonly check: Check;
  private readonly ids = new Set<unknown>(['SPDXRef-DOCUMENT', 'NOASSERTION', 'NONE']);

  constructor(check: Check) {
    this.check = check;
  }

  define(value: unknown, place: Place): void {
    const id = textOf(value) ?? '';
    this.check.need(own.test(id), place, 'SPDXID', 'must be SPDXRef-…');
    const before = this.ids.size;
    if (this.ids.add(id).size === before)
      this.check.need(false, place, 'SPDXID', `${JSON.stringify(id)} is used twice`);
  }

  has(id: unknown): boolean {
    return this.ids.has(id) || (typeof id === 'string' && external.test(id));
  }

  /** Says of a reference that it leads nowhere. */
  refer(id: unknown, place: Place | null, key: string): void {
    if (this.has(id)) return;
    this.check.need(false, place, key, `${JSON.stringify(id) ?? 'nothing'} is not in the document`);
  }
}
