import { isRecord, type JsonObject, recordsOf, textOf } from '../../json.ts';
import { timeOf } from '../reports/parts.ts';
import type { VexStatement } from './statement.ts';

const statusOf: Readonly<Record<string, VexStatement['status']>> = {
  not_affected: 'not_affected',
  false_positive: 'not_affected',
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'affected',
  in_triage: 'under_investigation',
};

/** The analyses in a CycloneDX document; `affects` points to components here or, as a BOM-Link, elsewhere. */
export function parseCycloneDxVex(path: string, document: JsonObject): VexStatement[] {
  const metadata = isRecord(document.metadata) ? document.metadata : {};
  const purls = new Map<string, string>();
  for (const part of [metadata.component, ...recordsOf(document.components)].filter(isRecord)) {
    const ref = textOf(part['bom-ref']);
    const purl = textOf(part.purl);
    if (ref !== null && purl !== null) purls.set(ref, purl);
  }
  const time = timeOf(metadata.timestamp) ?? 0;
  return recordsOf(document.vulnerabilities).flatMap((one) => {
    const analysis = isRecord(one.analysis) ? one.analysis : {};
    const state = textOf(analysis.state) ?? '';
    const status = Object.hasOwn(statusOf, state) ? statusOf[state] : undefined;
    if (status === undefined) return [];
    return [
      {
        path,
        ids: [one.id, ...recordsOf(one.references).map(({ id }) => id)].flatMap((id) => textOf(id) ?? []),
        products: recordsOf(one.affects).flatMap(({ ref }) => {
          const name = linkTarget(textOf(ref) ?? '');
          return name === '' ? [] : { name: purls.get(name) ?? name, part: null };
        }),
        status,
        reason: textOf(analysis.justification) || textOf(analysis.detail) || '',
        at: timeOf(analysis.lastUpdated) ?? timeOf(one.updated) ?? time,
      },
    ];
  });
}

/** `urn:cdx:<serial>/<version>#<bom-ref>` → the bom-ref, percent signs decoded. */
function linkTarget(ref: string): string {
  if (!ref.startsWith('urn:cdx:')) return ref;
  try {
    return decodeURIComponent(ref.slice(ref.indexOf('#') + 1));
  } catch {
    return '';
  }
}
