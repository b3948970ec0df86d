import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Command } from '../commands/command.ts';
import type { Obstacle } from '../commands/obstacle.ts';
import { ladderOf } from '../config/waves.ts';
import { gateNameSchema } from '../gate/names.ts';
import type { ReleaseState } from './state.ts';

const traceId = z
  .string()
  .min(1)
  .max(128)
  .describe('The same trace is the same request, however often it comes');
const version = z.string().min(1).max(128).describe('Tag of the release');

/** `POST /v1/promotions`: asks for the next step of a release. */
export const promotionRequestSchema = z.strictObject({
  schema_version: z.literal(1).default(1),
  version,
  canary: z.array(z.int()).describe('The steps that the caller expects; they must be those of the config'),
  waves: z
    .array(z.strictObject({ environment: z.string(), steps: z.array(z.int()).optional() }))
    .optional()
    .describe('The further production environments that the caller expects, as in the config; not said: any'),
  gates: z
    .array(
      z
        .string()
        .transform((name) => name.replaceAll('_', '-'))
        .pipe(gateNameSchema),
    )
    .describe('Gates that the caller relies on; each must be required by the config'),
  flags_auto_ramp: z
    .boolean()
    .default(false)
    .describe('Kept: whether flags are ramped is the word of the config, `release.flags.auto_ramp`'),
  trace_id: traceId,
});
export type PromotionRequest = z.infer<typeof promotionRequestSchema>;

/** `POST /v1/rollbacks`: asks for the last verified version. */
export const rollbackRequestSchema = z.strictObject({
  schema_version: z.literal(1).default(1),
  version,
  reason: z.enum(['slo_breach', 'gate_fail']),
  trace_id: traceId,
});
export type RollbackRequest = z.infer<typeof rollbackRequestSchema>;

/** Where the caller's picture of the release differs from ours; then nothing is promoted. */
export function disagreements(
  { canary, waves, gates }: Pick<PromotionRequest, 'canary' | 'waves' | 'gates'>,
  state: ReleaseState,
): readonly Obstacle[] {
  const config = state.plan?.config;
  if (config === undefined) return [{ code: 'RELEASE_NOT_PLANNED', message: 'the release has no plan' }];
  const ladder = ladderText(config);
  const expected = waves === undefined ? ladder : ladderText({ ...config, waves });
  const { steps } = config.canary;
  const missing = gates.filter((gate) => !config.required_gates.includes(gate));
  return [
    ...(steps.join() === canary.join()
      ? []
      : [
          { code: 'STEPS_DIFFER', message: `the release goes ${steps.join(', ')}, not ${canary.join(', ')}` },
        ]),
    ...(expected === ladder
      ? []
      : [{ code: 'WAVES_DIFFER', message: `the release goes ${ladder}, not ${expected}` }]),
    ...(missing.length === 0
      ? []
      : [{ code: 'GATE_NOT_REQUIRED', message: `not required by the release: ${missing.join(', ')}` }]),
  ];
}

/** `production-eu 10, production-eu 50 …`: every step in its environment. */
function ladderText(config: Parameters<typeof ladderOf>[0]): string {
  return ladderOf(config)
    .map(({ environment, weight }) => `${environment} ${weight}`)
    .join(', ');
}

export function promotionCommand(state: ReleaseState): Command {
  return { name: 'promote', weight: 'next', sha: state.sha };
}

export function rollbackCommand({ reason }: RollbackRequest): Command {
  return { name: 'rollback', reason: reason.replace('_', ' ') };
}

/**
 * A number for the request where a comment has its id. Negative, so that it is never the id of a comment; the same
 * trace gives the same number, which makes a repetition one request.
 */
export function requestNumber(path: string, trace: string): number {
  const digest = createHash('sha256').update(`${path}\n${trace}`).digest('hex');
  return -Number.parseInt(digest.slice(0, 12), 16) - 1;
}
