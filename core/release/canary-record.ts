import type { CanaryRecord } from '../evidence/inputs.ts';
import type { ReleaseDraft } from './draft.ts';
import { weightOfStep } from './steps.ts';

/** Keeps the judge's last word on the step that is being left, for the evidence. */
export function recordCanary(draft: ReleaseDraft): void {
  const { measuring, canaryRecords } = draft.state;
  if (measuring === null) return;
  const record: CanaryRecord = {
    step: measuring.step,
    weight: weightOfStep(draft.plan(), measuring.step),
    verdict: measuring.verdict,
    reasons: measuring.reasons.map(({ code, message }) => `${code}: ${message}`),
    data: measuring.values,
  };
  const others = canaryRecords.filter(({ step }) => step !== measuring.step);
  draft.set({ canaryRecords: [...others, record] });
}
