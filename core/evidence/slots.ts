/** A place of the evidence layout that some producer is expected to fill. */
export interface Slot {
  readonly name: string;
  /** As shown to people. */
  readonly layout: string;
  readonly matches: RegExp;
  /** Why it is usually empty. */
  readonly usuallyAbsent: string;
}

const noSuch = (what: string): string => `no ${what} was recorded for this release`;
const gateMadeNone = (gate: string): string => `the ${gate} gate stored none for this commit`;

export const slots: readonly Slot[] = [
  {
    name: 'sbom',
    layout: 'sbom/*.spdx.json',
    // Beside JSON: YAML, tag-value, and CycloneDX in JSON or XML, each under the suffix of what it is.
    matches: /^sbom\/[^/]+\.(spdx(\.json|\.yaml)?|cdx\.(json|xml))$/,
    usuallyAbsent: gateMadeNone('supply-chain'),
  },
  slot('attestations', 'attestations/*.intoto.jsonl', gateMadeNone('supply-chain')),
  slot('signatures', 'signatures/*.sig', gateMadeNone('supply-chain')),
  slot('slo', 'slo/*.png', gateMadeNone('slo')),
  slot('probes', 'probes/*.json', gateMadeNone('slo')),
  slot('perf', 'perf/*.json', gateMadeNone('perf')),
  slot('headroom', 'perf/headroom.json', gateMadeNone('perf')),
  {
    name: 'migrations',
    layout: 'migrations/plan+shadow_parity.json',
    matches: /^migrations\/(plan|shadow_parity|plan\+shadow_parity)\.json$/,
    usuallyAbsent: gateMadeNone('migrations'),
  },
  slot('dr', 'dr/drill_*/results.json', noSuch('disaster-recovery drill')),
  slot('chaos', 'chaos/*/evidence.json', noSuch('chaos experiment')),
  slot('alerts', 'alerts/hygiene_report.json', noSuch('alert hygiene report')),
  slot('identity', 'identity/*.json', noSuch('identity evidence')),
  slot('release-notes', 'release_notes.md', noSuch('release notes')),
  slot('approvals', 'approvals_matrix.json', noSuch('approval')),
  slot('audit', 'audit/highlights.jsonl', noSuch('audit entry')),
  slot('audit-tree', 'audit/tree_head.sigstore.json', noSuch('signed head of the audit log')),
];

/** The slots that nobody filled, and why: the given reason, else the usual one. */
export function absentSlots(
  paths: readonly string[],
  reasons: Readonly<Record<string, string>> = {},
): readonly { readonly slot: string; readonly layout: string; readonly reason: string }[] {
  return slots
    .filter(({ matches }) => !paths.some((path) => matches.test(path)))
    .map(({ name, layout, usuallyAbsent }) => ({
      slot: name,
      layout,
      reason: reasons[name] ?? usuallyAbsent,
    }));
}

function slot(name: string, layout: string, usuallyAbsent: string): Slot {
  const source = layout.replace(/[.+]/g, String.raw`\$&`).replaceAll('*', '[^/]+');
  return { name, layout, matches: new RegExp(`^${source}$`), usuallyAbsent };
}
