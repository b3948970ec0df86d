import { z } from 'zod';
import { gateNameSchema } from '../gate/names.ts';
import type { AuditNote, PlannedEffect } from './effect.ts';
import type { EffectSettled } from './event.ts';

/** What became of the results that a run left in artifacts. */
export const collectedSchema = z.object({
  /** The commit that it is about; absent in outcomes of before. */
  sha: z.string().optional(),
  accepted: z.array(z.object({ gate: gateNameSchema, result_sha256: z.string() })),
  refused: z.array(
    z.object({
      artifact: z.string(),
      code: z.string(),
      message: z.string(),
      /** Of one result, where the artifact could be read. */
      gate: gateNameSchema.optional(),
      help: z.string().optional(),
    }),
  ),
});
export type Collected = z.infer<typeof collectedSchema>;

/** The effect that collects what one attempt of a run left. */
export function collectResults(sha: string, runId: number, attempt: number): PlannedEffect {
  return { id: `collect/${runId}/${attempt}`, effect: { kind: 'collectResults', runId, sha } };
}

/** What an effect of that kind came to; null: it did not end well. */
export function collectedOf({ outcome }: EffectSettled): Collected | null {
  return outcome.ok ? (collectedSchema.safeParse(outcome.value).data ?? null) : null;
}

/** A refused result leaves a trace of why; an accepted one leaves that of every result. */
export function collectedNotes(event: EffectSettled): readonly AuditNote[] {
  return (collectedOf(event)?.refused ?? []).map(({ artifact, code, message }) => ({
    action: 'gate.refused',
    actor: 'conductor',
    reason: message,
    reasonCode: code,
    data: { artifact },
  }));
}
