import { z } from 'zod';
import { durationSchema } from './duration.ts';

/** What a promotion may demand beside green gates, by name. Each is read again at every step. */
export const promotionClauses = [
  'slo-burn',
  'perf-headroom',
  'migration-cutover',
  'dr-freshness',
  'provenance',
  'preview-hygiene',
] as const;

export const promotionClauseSchema = z.enum(promotionClauses);
export type PromotionClause = z.infer<typeof promotionClauseSchema>;

/** `release.promote_only_if`. A clause that is named and whose fact is not known denies. */
export const promoteOnlyIfSchema = z.strictObject({
  clauses: z
    .array(promotionClauseSchema)
    .optional()
    .describe(
      'What has to hold at every step beside the required gates; what is not known does not hold. Default: every clause for which the repository has data',
    ),
  min_headroom: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('perf-headroom: least share of capacity that is left under peak load, ratio'),
  max_drill_age: durationSchema
    .default(7_776_000_000)
    .describe('dr-freshness: age above which a passed recovery drill does not count, default 90d'),
  drills: z
    .string()
    .default('dr/drill_*/results.json')
    .describe('dr-freshness: result files of recovery drills, on the default branch'),
});
