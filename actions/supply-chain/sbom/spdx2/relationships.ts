import { isRecord, type JsonObject, listOf } from '../../json.ts';
import type { Check } from './check.ts';
import type { Identifiers } from './identifiers.ts';
import { relationshipTypes } from './vocabulary.ts';

/** Clause 11, and that the document says what it is about. */
export function checkRelationships(
  document: JsonObject,
  described: ReadonlySet<unknown>,
  ids: Identifiers,
  check: Check,
): void {
  const list = listOf(document.relationships);
  for (let index = 0; index < list.length; index++) {
    const one = list[index];
    if (!isRecord(one) || isRight(one, ids)) continue;
    const place = { within: null, name: 'relationships', index };
    check.oneOf(relationshipTypes, one.relationshipType, place, 'relationshipType');
    ids.refer(one.spdxElementId, place, 'spdxElementId');
    ids.refer(one.relatedSpdxElement, place, 'relatedSpdxElement');
  }
  for (const id of listOf(document.documentDescribes)) ids.refer(id, null, 'documentDescribes');
  const says = described.size > 0 || listOf(document.packages).length === 1;
  check.need(
    says,
    null,
    'relationships',
    'must say what the document describes (SPDXRef-DOCUMENT DESCRIBES …)',
  );
}

/** There are tens of thousands: what is right is asked nothing more. */
function isRight(one: JsonObject, ids: Identifiers): boolean {
  return (
    relationshipTypes.has(String(one.relationshipType)) &&
    ids.has(one.spdxElementId) &&
    ids.has(one.relatedSpdxElement)
  );
}
