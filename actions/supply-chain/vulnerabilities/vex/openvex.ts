import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import { timeOf } from '../reports/parts.ts';
import type { VexProduct, VexStatement } from './statement.ts';

const statuses = ['not_affected', 'fixed', 'affected', 'under_investigation'] as const;

/** OpenVEX 0.0.1 to 0.2.0; a statement without a time of its own has the document's. */
export function parseOpenVex(path: string, document: JsonObject): VexStatement[] {
  const documentTime = timeOf(document.last_updated) ?? timeOf(document.timestamp) ?? 0;
  return recordsOf(document.statements).flatMap((one) => {
    const status = statuses.find((known) => known === one.status);
    if (status === undefined) return [];
    return [
      {
        path,
        ids: idsOf(one.vulnerability),
        products: listOf(one.products).flatMap(productsOf),
        status,
        reason: textOf(one.justification) || textOf(one.impact_statement) || '',
        at: timeOf(one.last_updated) ?? timeOf(one.timestamp) ?? documentTime,
      },
    ];
  });
}

function idsOf(vulnerability: unknown): string[] {
  if (typeof vulnerability === 'string') return [vulnerability];
  if (!isRecord(vulnerability)) return [];
  return [vulnerability.name, ...listOf(vulnerability.aliases)].flatMap((id) => textOf(id) ?? []);
}

/** With subcomponents, the statement is about those alone, as parts of this product. */
function productsOf(product: unknown): VexProduct[] {
  const names = namesOf(product);
  const parts = isRecord(product) ? listOf(product.subcomponents).flatMap(namesOf) : [];
  return names.flatMap((name) => (parts.length === 0 ? [null] : parts).map((part) => ({ name, part })));
}

function namesOf(product: unknown): string[] {
  if (typeof product === 'string') return [product];
  if (!isRecord(product)) return [];
  const identifiers = isRecord(product.identifiers) ? product.identifiers : {};
  return [product['@id'], identifiers.purl].flatMap((name) => textOf(name) ?? []);
}
