import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../../json.ts';
import { timeOf } from '../reports/parts.ts';
import type { VexProduct, VexStatement } from './statement.ts';

const statusOf: Readonly<Record<string, VexStatement['status']>> = {
  known_not_affected: 'not_affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  known_affected: 'affected',
  under_investigation: 'under_investigation',
};

/** CSAF 2.0 (OASIS), profile VEX: products have ids, found in branches and relationships of the product tree. */
export function parseCsaf(path: string, document: JsonObject): VexStatement[] {
  const head = isRecord(document.document) ? document.document : {};
  const tracking = isRecord(head.tracking) ? head.tracking : {};
  const at = timeOf(tracking.current_release_date) ?? 0;
  const products = productsOf(isRecord(document.product_tree) ? document.product_tree : {});
  return recordsOf(document.vulnerabilities).flatMap((one) => {
    const ids = [one.cve, ...recordsOf(one.ids).map(({ text }) => text)].flatMap((id) => textOf(id) ?? []);
    const groups = isRecord(one.product_status) ? Object.entries(one.product_status) : [];
    return groups.flatMap(([group, members]) => {
      const status = Object.hasOwn(statusOf, group) ? statusOf[group] : undefined;
      if (status === undefined) return [];
      return listOf(members).map((id): VexStatement => {
        const product = products.get(String(id));
        return { path, ids, products: product ?? [], status, reason: reasonFor(one, id), at };
      });
    });
  });
}

/** A flag (why it is not affected) or the statement of its impact. */
function reasonFor(one: JsonObject, id: unknown): string {
  const about = ({ product_ids: ids }: JsonObject): boolean => ids === undefined || listOf(ids).includes(id);
  const flag = recordsOf(one.flags).find(about);
  const impact = recordsOf(one.threats).find((threat) => threat.category === 'impact' && about(threat));
  return textOf(flag?.label) || textOf(impact?.details) || '';
}

function productsOf(tree: JsonObject): Map<string, VexProduct[]> {
  const products = new Map<string, VexProduct[]>();
  const add = (product: unknown): void => {
    const id = isRecord(product) ? textOf(product.product_id) : null;
    if (!isRecord(product) || id === null) return;
    const helper = isRecord(product.product_identification_helper)
      ? product.product_identification_helper
      : {};
    const names = [helper.purl, id].flatMap((name) => textOf(name) ?? []);
    products.set(
      id,
      names.map((name) => ({ name, part: null })),
    );
  };
  const visit = (branches: unknown, levels: number): void => {
    for (const branch of recordsOf(branches)) {
      add(branch.product);
      if (levels > 0) visit(branch.branches, levels - 1);
    }
  };
  visit(tree.branches, 32);
  for (const product of listOf(tree.full_product_names)) add(product);
  for (const relation of recordsOf(tree.relationships)) {
    const whole = isRecord(relation.full_product_name) ? textOf(relation.full_product_name.product_id) : null;
    const parts = products.get(String(relation.product_reference)) ?? [];
    const wholes = products.get(String(relation.relates_to_product_reference)) ?? [];
    if (whole !== null)
      products.set(
        whole,
        wholes.flatMap(({ name }) => parts.map((part) => ({ name, part: part.name }))),
      );
  }
  return products;
}
