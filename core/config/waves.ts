import { z } from 'zod';

const waveSchema = z.strictObject({
  environment: z.string().min(1).describe('A production environment, e.g. `production-us`'),
  steps: z
    .array(z.int().min(1).max(100))
    .min(1)
    .max(20)
    .optional()
    .describe('Percent of its traffic, rising, ending in 100; default: `canary.steps`'),
});

/** `release.waves`: what comes after `production_environment`. */
export const wavesSchema = z
  .array(waveSchema)
  .max(10)
  .default([])
  .describe(
    'Further production environments, in order: each is begun when the one before has all of its traffic on the version',
  );

/** One step in production: this percent of the traffic of this environment. */
export interface Rung {
  readonly environment: string;
  readonly weight: number;
}

/** What of a release's config says where it goes; a plan of before there were waves has none. */
interface WithWaves {
  readonly canary: { readonly steps: readonly number[] };
  readonly production_environment: string;
  readonly waves?: readonly z.infer<typeof waveSchema>[];
}

/** Every step in production, one environment after the other. Step n of a release is `ladderOf(config)[n - 1]`. */
export function ladderOf({ canary, production_environment: first, waves = [] }: WithWaves): readonly Rung[] {
  return [{ environment: first, steps: undefined }, ...waves].flatMap(({ environment, steps }) =>
    (steps ?? canary.steps).map((weight) => ({ environment, weight })),
  );
}

/** The production environments, in the order in which they are begun. */
export function productionEnvironments({
  production_environment: first,
  waves = [],
}: Omit<WithWaves, 'canary'>): readonly string[] {
  return [first, ...waves.map(({ environment }) => environment)];
}
