import { explainRecord } from '../canary/explain.ts';
import { recordOf } from '../canary/record.ts';
import type { ReleaseDraft } from './draft.ts';
import { settingsOf } from './judge-settings.ts';

/** The judge's tables and its chart of the present step, folded; once a step, and nothing for what was not measured. */
export function explainStep(draft: ReleaseDraft): string {
  const { measuring, counters } = draft.state;
  const name = `explained-${measuring?.step}`;
  if (measuring === null || measuring.log.ticks.length === 0 || counters[name] !== undefined) return '';
  draft.next(name);
  const text = explainRecord(recordOf(measuring.log, settingsOf(draft)), { chart: true });
  return `<details><summary>What the judge saw</summary>\n\n${text}\n\n</details>`;
}
