import { canaryReasons } from '../canary/reasons.ts';
import { recordOf } from '../canary/record.ts';
import type { CanaryRecord } from '../evidence/inputs.ts';
import type { ReleaseDraft } from './draft.ts';
import { explainStep } from './explain-step.ts';
import { settingsOf } from './judge-settings.ts';
import { environmentOfStep, stepText, weightOfStep } from './steps.ts';

/** Keeps the judge's last word on the step that is being left, and what it saw, for the evidence; and tells it. */
export function recordCanary(draft: ReleaseDraft): void {
  const { measuring, canaryRecords } = draft.state;
  if (measuring === null) return;
  const record: CanaryRecord = {
    step: measuring.step,
    environment: environmentOfStep(draft.plan(), measuring.step),
    weight: weightOfStep(draft.plan(), measuring.step),
    verdict: measuring.verdict,
    // What else is told of a reading does not follow from its counts, so a replay could not tell it again.
    reasons: measuring.reasons.filter(isJudges).map(({ code, message }) => `${code}: ${message}`),
    data: measuring.values,
    record: recordOf(measuring.log, settingsOf(draft)),
  };
  const others = canaryRecords.filter(({ step }) => step !== measuring.step);
  draft.set({ canaryRecords: [...others, record] });
  const explained = measuring.verdict === 'continue' ? '' : explainStep(draft);
  if (explained !== '') {
    const place = record.step === 0 ? 'Stage' : stepText(draft.plan(), record.step);
    draft.comment(
      `judge/${record.step}`,
      `📈 **${place}**: the judge said ${record.verdict}.\n\n${explained}`,
    );
  }
}

function isJudges({ code }: { readonly code: string }): boolean {
  return (canaryReasons as readonly string[]).includes(code);
}
