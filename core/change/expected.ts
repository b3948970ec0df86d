import { countingVerdict, type GateRecord } from '../gate/record.ts';
import { checkSummaryLimit, clip } from '../gate/report.ts';
import { isPassing } from '../gate/result.ts';
import type { ChangeState, CheckContent } from './state.ts';

type Waiting = Pick<ChangeState, 'sha' | 'previewed' | 'walksPreviews' | 'outlook'>;

/** What the commit still lacks of its preview; null: nothing. */
type Lack = { readonly kind: 'awaited' | 'missing'; readonly text: string };

/**
 * A preview that is asked for is waited for, and whether one is asked for only the preview itself can say: until it did,
 * nobody knows. What was walked counts by its verdict.
 */
function lackOf({ sha, previewed, walksPreviews, outlook }: Waiting): Lack | null {
  if (walksPreviews !== true || countingVerdict(previewed?.slo) !== null) return null;
  if (outlook?.sha !== sha) return { kind: 'awaited', text: 'it is not known yet whether there will be one' };
  return outlook.kind === 'none' ? null : { kind: outlook.kind, text: outlook.text };
}

/** The check `slo-gates`: a pass of the runs is none before the golden paths were walked in the preview. */
export function withPreview(content: CheckContent, state: Waiting): CheckContent {
  if (content.conclusion !== 'success') return content;
  const lack = lackOf(state);
  if (lack === null) return withReason(content, state);
  const summary = clip(
    `**The golden paths have to be walked in the preview of this pull request**: ${lack.text}\n\nWhat its runs said:\n\n${content.summary}`,
    checkSummaryLimit,
  );
  return lack.kind === 'awaited'
    ? { ...content, status: 'queued', conclusion: null, title: awaitedTitle, summary }
    : { ...content, conclusion: 'failure', title: missingTitle, summary };
}

/** The record of the gate `slo`, for tables and questions: as the check has it. */
export function sloRecord(record: GateRecord | undefined, state: Waiting): GateRecord | undefined {
  if (record === undefined || record.superseded || !isPassing(record.verdict)) return record;
  const lack = lackOf(state);
  if (lack === null) return record;
  return lack.kind === 'awaited'
    ? { ...record, superseded: true }
    : { ...record, verdict: 'inconclusive', summary: missingTitle };
}

const awaitedTitle = 'Waiting for the golden paths of the preview';
const missingTitle = 'inconclusive: the golden paths were not walked in the preview';

/** Why nobody waited. */
function withReason(content: CheckContent, { sha, previewed, outlook }: Waiting): CheckContent {
  if (outlook?.sha !== sha || outlook.kind !== 'none') return content;
  if (countingVerdict(previewed?.slo) !== null) return content;
  const summary = `${content.summary}\n\n**Judged by the runs of its push alone**: ${outlook.text}.`;
  return { ...content, summary: clip(summary, checkSummaryLimit) };
}
