import { z } from 'zod';
import { durationSchema } from './duration.ts';

const flagdSchema = z.strictObject({
  kind: z.literal('flagd'),
  path: z
    .string()
    .regex(/^(?!\/)(?!.*\.\.)[\w./-]{1,200}\.json$/, 'expected the path of a JSON file in the repository')
    .describe('File with flag definitions in the format of flagd, in this repository'),
  branch: z
    .string()
    .regex(/^[\w./-]{1,200}$/)
    .optional()
    .describe('Default: the default branch'),
  write: z
    .enum(['commit', 'pull-request'])
    .default('commit')
    .describe(
      '`pull-request` waits for people; a kill and a rollback are merged at once where GitHub allows it',
    ),
});

const webhookSchema = z.strictObject({
  kind: z.literal('webhook'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,60}$/)
    .describe('The address is in the variable NOTIFY_<NAME>_URL'),
});

const confirmSchema = z.strictObject({
  url: z.url().describe('Base URL of a provider with the OpenFeature Remote Evaluation API'),
  context: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Evaluation context; `targetingKey` is ours'),
  samples: z.int().min(10).max(1_000).default(100).describe('Evaluations of a flag that only some users get'),
});

/** How the flags of a release are flipped. Which ones: `ga_flags`. */
export const flagsSchema = z
  .strictObject({
    provider: z.discriminatedUnion('kind', [flagdSchema, webhookSchema]),
    confirm: confirmSchema.optional().describe('Where a flip is read back; needed for `webhook`'),
    auto_ramp: z
      .boolean()
      .default(true)
      .describe('Every step of the canary gives the flags to the same share of users'),
    on: z.string().min(1).max(60).default('on').describe('Variant that a flipped flag gives'),
    off: z.string().min(1).max(60).default('off').describe('Variant that a killed flag gives'),
    within: durationSchema
      .optional()
      .describe(
        'A flip that has not shown itself within this time has failed, and is undone; 10m, a pull request has 24h',
      ),
    interval: durationSchema.default(10_000).describe('Time between two looks at a flip'),
  })
  .refine(
    ({ provider, confirm }) => provider.kind !== 'webhook' || confirm !== undefined,
    'a webhook cannot be read: name in `confirm` where its flags are evaluated',
  );
export type FlagsConfig = z.infer<typeof flagsSchema>;

const usualPatience = 600_000;
const patienceWithPeople = 86_400_000;

/** Time that a flip has to show itself, ms. */
export function patienceOf({ provider, within }: FlagsConfig): number {
  if (within !== undefined) return within;
  return waitsForPeople(provider) ? patienceWithPeople : usualPatience;
}

export function waitsForPeople(provider: FlagsConfig['provider']): boolean {
  return provider.kind === 'flagd' && provider.write === 'pull-request';
}
