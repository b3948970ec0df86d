import { listAggregates } from '../../adapters/postgres/index.ts';
import type { PromotionFactsFromState } from '../../core/flow/effect.ts';
import type { GateReport } from '../../core/flow/event.ts';
import type { GateName } from '../../core/gate/names.ts';
import type { PromotionInput } from '../../core/ports/policy-engine.ts';
import { calendarAt } from '../../core/release/calendar.ts';
import { cutoverOf, newestPassedDrill, provenanceOf } from '../../core/release/clauses.ts';
import { type Standing, standingOf, unreadableStanding } from '../../core/release/standing.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { EffectContext } from './performer.ts';
import { readArtifactFacts } from './release-artifacts.ts';
import { burningNow } from './slo-burn.ts';

type Conditions = Pick<
  PromotionInput,
  | 'promote_only_if'
  | 'slo_burn'
  | 'headroom'
  | 'migration_cutover'
  | 'drill_age_ms'
  | 'provenance'
  | 'artifacts'
  | 'preview_hygiene'
  | 'hotfix'
  | 'window'
  | 'freeze'
  | 'lock'
  | 'unresolved'
>;

/**
 * What has to hold beside the gates, read at this moment. What could not be read is null or `unknown`. Facts that
 * cost a call are read only for the clauses that the config names.
 */
export async function readConditions(
  facts: PromotionFactsFromState,
  reports: readonly GateReport[],
  context: EffectContext,
  now: number,
): Promise<Conditions> {
  const asked = facts.promoteOnlyIf;
  const clauses = asked?.clauses ?? [];
  const [burning, drillAge, standing, artifacts] = await Promise.all([
    clauses.includes('slo-burn') ? burningNow(facts.sha, context) : measurement(reports, 'slo', 'burning'),
    clauses.includes('dr-freshness') && asked !== null ? readDrillAge(asked.drills, context, now) : null,
    readStanding(facts.release, context, now),
    readArtifactFacts(facts, context),
  ]);
  return {
    promote_only_if: {
      clauses: [...clauses],
      min_headroom: asked?.min_headroom ?? 0,
      max_drill_age_ms: asked?.max_drill_age ?? 0,
    },
    slo_burn: burning,
    headroom: measurement(reports, 'perf', 'headroom'),
    migration_cutover: cutoverOf(resultOf(reports, 'migrations')),
    drill_age_ms: drillAge,
    provenance: provenanceOf(resultOf(reports, 'supply-chain')),
    artifacts: [...artifacts],
    // Nobody reports previews to the store: the clause can only be answered by a policy that knows better.
    preview_hygiene: 'unknown',
    hotfix: facts.hotfix,
    ...calendarAt(facts.calendar, now),
    lock: standing.lock,
    unresolved: facts.blockAfterFailure ? standing.unresolved : null,
  };
}

async function readStanding(tag: string, context: EffectContext, now: number): Promise<Standing> {
  const { database, aggregate } = context;
  try {
    const stored = await listAggregates(database, { kind: 'release', repository: aggregate.repository });
    return standingOf(
      stored.map(({ state }) => state as ReleaseState),
      tag,
      now,
    );
  } catch {
    return unreadableStanding;
  }
}

/** Drills of the default branch: a drill after the tag counts too. */
async function readDrillAge(glob: string, { forge }: EffectContext, now: number): Promise<number | null> {
  try {
    const head = await forge.resolveRef(`heads/${await forge.defaultBranch()}`);
    if (head === null) return null;
    const files = forge.filesAt(head.commit);
    const paths = (await files.list([glob])).slice(-maxDrills);
    const texts = await Promise.all(paths.map(async (path) => decode(await files.read(path))));
    const newest = newestPassedDrill(texts);
    return newest === null ? null : now - newest;
  } catch {
    return null;
  }
}

/** Files are named by date, so the last ones are the newest. */
const maxDrills = 20;

function decode(bytes: Uint8Array | null): string {
  return bytes === null ? '' : new TextDecoder().decode(bytes);
}

function resultOf(reports: readonly GateReport[], gate: GateName): GateReport['result'] | null {
  return reports.find((report) => report.gate === gate)?.result ?? null;
}

function measurement(reports: readonly GateReport[], gate: GateName, name: string): number | null {
  const value = resultOf(reports, gate)?.measurements[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
