import { z } from 'zod';

/** What targets beside the tracking issue are told of. */
export const notifiedEvents = [
  'start',
  'rollback',
  'rolled-back',
  'escalation',
  'override',
  'ga',
  'kpi',
] as const;
export type NotifiedEvent = (typeof notifiedEvents)[number];

const targetSchema = z.strictObject({
  kind: z.enum(['team', 'webhook', 'slack']).describe('A team by a mention, the others by a call'),
  name: z
    .string()
    .regex(/^@?[A-Za-z0-9][\w./-]{0,138}$/)
    .describe(
      'team: `org/team` or login, mentioned in the issue. webhook, slack: the address is in the variable NOTIFY_<NAME>_URL',
    ),
  on: z
    .array(z.enum(notifiedEvents))
    .min(1)
    .optional()
    .describe('Default: a team hears of rollback and escalation, a webhook or Slack of everything'),
});
type NotifyTarget = z.infer<typeof targetSchema>;

export const notifySchema = z
  .array(targetSchema)
  .max(20)
  .default([])
  .describe('Who is told beside the tracking issue');

/** A program reads everything; people are called when they are needed. */
export function isToldOf({ kind, on }: NotifyTarget, event: NotifiedEvent): boolean {
  if (on !== undefined) return on.includes(event);
  return kind !== 'team' || event === 'rollback' || event === 'escalation';
}
