import type { EvidenceFile } from '../../core/gate/gate.ts';
import type { Verdict } from '../../core/gate/result.ts';
import { burnCharts } from './chart.ts';
import type { SloFacts } from './collect.ts';
import type { Objective } from './judge.ts';
import { formatWindow } from './windows.ts';

/** `slo/burn.json`: it is itself a recording, so a verdict can be repeated from the evidence. */
export function burnEvidence(facts: SloFacts, objectives: readonly Objective[]): EvidenceFile {
  const recorded = objectives.map(({ slo, windows }) => {
    const reading = facts.readings[slo.name];
    const newest = reading?.state === 'measured' ? reading.newestAt : null;
    const counts = windows.map(({ windowMs, bad, total }) => [
      windowName(windowMs),
      { bad: told(bad), total: told(total) },
    ]);
    return [
      slo.name,
      { newest_at: newest === null ? null : Math.round(newest), windows: Object.fromEntries(counts) },
    ];
  });
  const document = {
    schema_version: 1,
    recorded_at: new Date(facts.at).toISOString(),
    source: facts.source,
    objectives: Object.fromEntries(recorded),
  };
  return {
    path: 'slo/burn.json',
    mediaType: 'application/json',
    bytes: new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`),
  };
}

/** JSON has no NaN and no infinity: they are written as Prometheus writes them. */
function told(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** A window as the recording names it. */
export function windowName(ms: number): string {
  return ms > 3_650 * 86_400_000 ? 'start' : formatWindow(ms);
}

/** Evidence is limited to 64 files: the worst come first when there are more objectives than fit. */
const maxPictures = 20;

/** Burn charts of the objectives that have numbers. */
export function picturesOf(facts: SloFacts, objectives: readonly Objective[]): readonly EvidenceFile[] {
  const names = fileNames(objectives.map(({ slo }) => slo.name));
  const order: readonly Verdict[] = ['fail', 'inconclusive', 'warn', 'pass', 'skipped'];
  return objectives
    .filter(
      ({ windows }) => windows.length > 0 && windows.every(({ bad, total }) => Number.isFinite(bad + total)),
    )
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .slice(0, maxPictures)
    .flatMap((objective) => {
      const reading = facts.readings[objective.slo.name];
      const timeline = reading?.state === 'measured' ? reading.timeline : [];
      const name = names.get(objective.slo.name) ?? 'objective';
      return burnCharts(objective, timeline, name);
    });
}

/** A file name for each objective. `Shop` and `shop` would have the same one, and a name in another script none. */
function fileNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    names.map((name) => {
      const plain = name
        .toLowerCase()
        .replace(/[^a-z0-9.-]+/g, '-')
        .replace(/^[.-]+|[.-]+$/g, '')
        .slice(0, 100);
      const base = plain === '' ? 'objective' : plain;
      let free = base;
      for (let n = 2; taken.has(free); n += 1) free = `${base}-${n}`;
      taken.add(free);
      return [name, free];
    }),
  );
}
