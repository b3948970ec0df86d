import { z } from 'zod';
import { commitShaSchema } from './result.ts';

const metricSchema = z.strictObject({
  value: z.number(),
  unit: z.string(),
  better: z.enum(['lower', 'higher']),
  samples: z.array(z.number()).optional(),
});

/** What one run of the perf gate measured, and where: the part of its result that becomes a baseline. */
export const measuredSchema = z.strictObject({
  service: z.string(),
  environment: z.string(),
  metrics: z.record(z.string(), metricSchema),
});

/** Past runs, oldest first: a file of the repository, or the Conductor's answer. */
export const baselineSchema = z.strictObject({
  schema_version: z.literal(1),
  service: z.string().optional(),
  environment: z.string().optional(),
  runs: z.array(
    z.strictObject({
      at: z.iso.datetime({ offset: true }).nullish(),
      sha: z.string().nullish(),
      release: z.string().optional(),
      result_sha256: z.string().optional().describe('Digest of the gate result that the numbers stand in'),
      metrics: z.record(z.string(), metricSchema),
    }),
  ),
});
export type BaselineDocument = z.infer<typeof baselineSchema>;

/** A verified result of the perf gate, of a release that reached GA. */
export interface PromotedResult {
  readonly tag: string;
  readonly sha: string;
  readonly resultSha256: string;
  /** When the run ended, RFC 3339. */
  readonly finishedAt: string;
  /** `measurements.measured` of the result, not yet checked. */
  readonly measured: unknown;
}

/** The baseline that promoted releases make, oldest first. A result without usable numbers is left out. */
export function baselineOfReleases(
  of: { readonly service: string; readonly environment: string },
  results: readonly PromotedResult[],
): BaselineDocument {
  const runs = results.flatMap(({ tag, sha, resultSha256, finishedAt, measured }) => {
    const parsed = measuredSchema.safeParse(measured);
    if (!parsed.success || !commitShaSchema.safeParse(sha).success) return [];
    const { service, environment, metrics } = parsed.data;
    if (service !== of.service || environment !== of.environment) return [];
    return [{ at: finishedAt, sha, release: tag, result_sha256: resultSha256, metrics }];
  });
  return { schema_version: 1, ...of, runs };
}
