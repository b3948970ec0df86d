import type { Command } from '../commands/command.ts';
import { inlineText } from '../gate/markdown.ts';
import { checkNameOf } from '../gate/names.ts';
import type { ReleaseDraft } from './draft.ts';
import type { Override } from './hindrance.ts';
import { notify } from './notify.ts';
import { startStageWhenGatesPass } from './on-preflight.ts';

/** Breaks the glass, loudly: timeline, comment, targets, audit, evidence. */
export function overrideGate(
  draft: ReleaseDraft,
  { gate, duration, reason }: Extract<Command, { name: 'override' }>,
  by: string,
  approvedBy: readonly string[],
): Override {
  const override = {
    n: draft.next('override'),
    gate,
    reason,
    by,
    approvedBy,
    at: draft.now,
    until: draft.now + duration,
  };
  draft.set({ overrides: [...draft.state.overrides, override] });
  const until = new Date(override.until).toISOString();
  const check = checkNameOf[gate];
  draft.tell(`🔨 \`${check}\` overridden by ${inlineText(by)} until ${until}: ${inlineText(reason)}`);
  draft.note('gate.overridden', by, reason, 'BREAK_GLASS', { gate, until, approved_by: approvedBy });
  draft.comment(
    `override/${override.n}`,
    `🔨 **Break glass**: ${inlineText(by)} lets this release pass \`${check}\` until ${until}.\n\n> ${inlineText(reason)}\n\nIt stands in the audit log and in the evidence as an exception.`,
  );
  notify(draft, 'override', `${check} overridden by ${by} until ${until}: ${reason}`);
  draft.timer(`override/${override.n}`, override.until);
  startStageWhenGatesPass(draft);
  return override;
}

/** Says that an override has ended. What was passed meanwhile stays passed, and stays on record. */
export function onOverrideTimer(draft: ReleaseDraft, n: number): void {
  const override = draft.state.overrides.find((one) => one.n === n);
  if (override === undefined || draft.now < override.until) return;
  draft.tell(`the override of \`${checkNameOf[override.gate]}\` has ended`);
  draft.note(
    'gate.override_ended',
    'conductor',
    `the override of ${checkNameOf[override.gate]} has ended`,
    null,
    { gate: override.gate },
  );
}
