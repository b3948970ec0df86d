import { listAggregates } from '../../adapters/postgres/index.ts';
import type { PromotionFactsFromState } from '../../core/commands/effect.ts';
import type { PromotionClause } from '../../core/config/promote-only-if.ts';
import type { GateReport } from '../../core/flow/event.ts';
import type { GateName } from '../../core/gate/names.ts';
import type { PromotionInput } from '../../core/ports/policy-engine.ts';
import { hygieneOf } from '../../core/preview/hygiene.ts';
import type { PreviewState } from '../../core/preview/state.ts';
import { calendarAt } from '../../core/release/calendar.ts';
import {
  type ClauseEvidence,
  clausesWithData,
  cutoverOf,
  type PreviewHygiene,
  provenanceOf,
} from '../../core/release/clauses.ts';
import { type Standing, standingOf, unreadableStanding } from '../../core/release/standing.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { EffectContext } from './performer.ts';
import { readDrills } from './read-drills.ts';
import { readConflicts } from './read-preflight.ts';
import { readArtifactFacts } from './release-artifacts.ts';
import { readBurn } from './slo-burn.ts';
import { unlessItFails } from './unless-it-fails.ts';

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
 * cost a call are read only where a clause may ask for them.
 */
export async function readConditions(
  facts: PromotionFactsFromState,
  reports: readonly GateReport[],
  context: EffectContext,
  now: number,
): Promise<Conditions> {
  const asked = facts.promoteOnlyIf;
  const mayAsk = (clause: PromotionClause): boolean => asked?.clauses?.includes(clause) ?? asked !== null;
  const [burning, drills, standing, artifacts, previews, lock] = await Promise.all([
    mayAsk('slo-burn') ? readBurn(facts.sha, context) : measurement(reports, 'slo', 'burning'),
    mayAsk('dr-freshness') && asked !== null ? readDrills(asked.drills, context) : null,
    readStanding(facts.release, context, now),
    readArtifactFacts(facts, context),
    mayAsk('preview-hygiene') ? readPreviews(context) : ('none' as const),
    readForeignLock(facts, context),
  ]);
  const evidence: ClauseEvidence = {
    burning,
    headroom: measurement(reports, 'perf', 'headroom'),
    migrations: resultOf(reports, 'migrations'),
    supplyChain: resultOf(reports, 'supply-chain'),
    drills,
    previews,
  };
  return {
    promote_only_if: {
      clauses: [...(asked?.clauses ?? clausesWithData(evidence))],
      min_headroom: asked?.min_headroom ?? 0,
      max_drill_age_ms: asked?.max_drill_age ?? 0,
    },
    slo_burn: burning ?? null,
    headroom: evidence.headroom,
    migration_cutover: cutoverOf(evidence.migrations),
    drill_age_ms: drills?.newest == null ? null : now - drills.newest,
    provenance: provenanceOf(evidence.supplyChain),
    artifacts: [...artifacts],
    preview_hygiene: previews === 'none' ? 'unknown' : previews,
    hotfix: facts.hotfix,
    ...calendarAt(facts.calendar, now),
    lock: standing.lock.state === 'free' ? lock : standing.lock,
    unresolved: facts.blockAfterFailure ? standing.unresolved : null,
  };
}

/** A deployment that somebody else has under way holds the environment as a lock does. */
async function readForeignLock(
  { environment, targetWeight }: PromotionFactsFromState,
  context: EffectContext,
): Promise<PromotionInput['lock']> {
  const free = { state: 'free', owner: null, reason: null } as const;
  if (targetWeight === null || targetWeight === 0 || environment === '') return free;
  const conflicts = await unlessItFails(() => readConflicts(environment, context));
  if (conflicts === null) return { state: 'unreadable', owner: null, reason: null };
  const [foreign] = conflicts;
  if (foreign === undefined) return free;
  const { id, creator, state } = foreign;
  return { state: 'held', owner: creator, reason: `deployment ${id} is ${state.replace('_', ' ')}` };
}

/** What the store says of the previews; whether any exists is asked apart, because those that are over say nothing. */
async function readPreviews({ database, aggregate, now }: EffectContext): Promise<PreviewHygiene> {
  try {
    const { repository } = aggregate;
    const open = await listAggregates(database, { kind: 'preview', repository, open: true, limit: 1_000 });
    const any = open.length > 0 || (await hadPreviews(database, repository));
    const hygiene = hygieneOf(
      open.map(({ state }) => state as PreviewState),
      now(),
    );
    return hygiene === 'none' && any ? 'clean' : hygiene;
  } catch {
    return 'unknown';
  }
}

async function hadPreviews(database: EffectContext['database'], repository: string): Promise<boolean> {
  return (await listAggregates(database, { kind: 'preview', repository, limit: 1 })).length > 0;
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

function resultOf(reports: readonly GateReport[], gate: GateName): GateReport['result'] | null {
  return reports.find((report) => report.gate === gate)?.result ?? null;
}

function measurement(reports: readonly GateReport[], gate: GateName, name: string): number | null {
  const value = resultOf(reports, gate)?.measurements[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
