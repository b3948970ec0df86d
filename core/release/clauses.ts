import { z } from 'zod';
import { type PromotionClause, promotionClauses } from '../config/promote-only-if.ts';
import { type GateResult, isPassing } from '../gate/result.ts';
import type { PromotionInput } from '../ports/policy-engine.ts';

/** What the store says of the previews of a repository; `none`: it has none. */
export type PreviewHygiene = PromotionInput['preview_hygiene'] | 'none';

/** What the clauses of a promotion are answered from. */
export interface ClauseEvidence {
  /** Objectives that burn now; undefined: the repository has none. */
  readonly burning: number | null | undefined;
  readonly headroom: number | null;
  readonly migrations: GateResult | null;
  readonly supplyChain: GateResult | null;
  /** Null: the drills could not be read. */
  readonly drills: { readonly files: number } | null;
  readonly previews: PreviewHygiene;
}

/**
 * The clauses that hold where the config names none: each for which the repository has data. Data that could not be
 * read is data: the clause is asked, and denies.
 */
export function clausesWithData(evidence: ClauseEvidence): readonly PromotionClause[] {
  const has: Readonly<Record<PromotionClause, boolean>> = {
    'slo-burn': evidence.burning !== undefined,
    'perf-headroom': evidence.headroom !== null,
    'migration-cutover': evidence.migrations !== null && evidence.migrations.verdict !== 'skipped',
    'dr-freshness': evidence.drills === null || evidence.drills.files > 0,
    provenance: namesArtifacts(evidence.supplyChain),
    'preview-hygiene': evidence.previews !== 'none',
  };
  return promotionClauses.filter((clause) => has[clause]);
}

function namesArtifacts(result: GateResult | null): boolean {
  const checked = provenanceSchema.safeParse(result?.measurements.provenance);
  return checked.success && checked.data.artifacts.length > 0;
}

/** Whether the migrations of this commit may be cut over to. A gate that found nothing to judge does not know. */
export function cutoverOf(result: GateResult | null): PromotionInput['migration_cutover'] {
  if (result === null) return 'unknown';
  if (result.verdict === 'fail' || result.measurements.cutover_ready === false) return 'not-ready';
  return isPassing(result.verdict) ? 'ready' : 'unknown';
}

/** SBOM and provenance count as verified when the gate passed and said so of named artifacts. */
export function provenanceOf(result: GateResult | null): PromotionInput['provenance'] {
  if (result === null) return 'unknown';
  const checked = provenanceSchema.safeParse(result.measurements.provenance);
  if (!checked.success) return result.verdict === 'fail' ? 'unverified' : 'unknown';
  if (checked.data.verdict === 'inconclusive') return 'unknown';
  const trusted = checked.data.artifacts.length > 0 && checked.data.artifacts.every((one) => one.trusted);
  return isPassing(result.verdict) && isPassing(checked.data.verdict) && trusted ? 'verified' : 'unverified';
}

const provenanceSchema = z.object({
  verdict: z.enum(['pass', 'warn', 'fail', 'inconclusive', 'skipped']),
  artifacts: z.array(z.object({ trusted: z.boolean() })),
});

const drillSchema = z.object({
  result: z.literal('pass').describe('anything else is a drill that did not succeed'),
  finished_at: z.iso.datetime({ offset: true }),
});

/** When the newest passed drill ended, ms since the epoch; null when no text is the result of one. */
export function newestPassedDrill(texts: readonly string[]): number | null {
  const times = texts.flatMap((text) => {
    const drill = drillSchema.safeParse(parsed(text));
    return drill.success ? [Date.parse(drill.data.finished_at)] : [];
  });
  return times.length === 0 ? null : Math.max(...times);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
