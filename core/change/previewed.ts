import { inlineText } from '../gate/markdown.ts';
import { gateNames } from '../gate/names.ts';
import { countingVerdict, type GateRecord } from '../gate/record.ts';
import { checkSummaryLimit, clip } from '../gate/report.ts';
import { isPassing } from '../gate/result.ts';
import { sloRecord } from './expected.ts';
import type { ChangeState, CheckContent, GateRecords } from './state.ts';

/**
 * A gate may look at a change twice: in the runs of its push, and in the runs of its deployments, which are its
 * previews. Each kind replaces only its own, so that neither a green preview hides a red push nor the other way round.
 */
export type Slot = 'gates' | 'previewed';

/** The result of each gate that counts: of two the worse one; what is asked for again is waited for. */
export function countingGates(
  state: Pick<ChangeState, Slot | 'sha' | 'walksPreviews' | 'outlook'>,
): GateRecords {
  const { gates, previewed = {} } = state;
  const counting = gateNames.flatMap((gate) => {
    const both = worse(gates[gate], previewed[gate]);
    const record = gate === 'slo' ? sloRecord(both, state) : both;
    return record === undefined ? [] : [[gate, record] as const];
  });
  return Object.fromEntries(counting);
}

function worse(own: GateRecord | undefined, preview: GateRecord | undefined): GateRecord | undefined {
  if (own === undefined || preview === undefined) return own ?? preview;
  const [ownVerdict, previewVerdict] = [countingVerdict(own), countingVerdict(preview)];
  if (previewVerdict !== null && !isPassing(previewVerdict)) return preview;
  return ownVerdict === 'pass' && previewVerdict === 'warn' ? preview : own;
}

/** The check of a result while the other kind of run has reported the same gate too: it passes only if both do. */
export function besides(content: CheckContent, other: GateRecord | undefined, slot: Slot): CheckContent {
  const verdict = countingVerdict(other);
  if (other === undefined || verdict === null) return content;
  const where = slot === 'gates' ? 'its preview' : 'the run of its push';
  const said = `${verdict}: ${inlineText(other.summary)}`;
  const summary = clip(
    `${content.summary}\n\n**The other look at this commit**, in ${where}: ${said}`,
    checkSummaryLimit,
  );
  if (isPassing(verdict)) return { ...content, summary };
  const isWorse = content.conclusion === 'success';
  return {
    ...content,
    summary,
    conclusion: 'failure',
    title: isWorse ? clip(`${verdict} in ${where}: ${inlineText(other.summary)}`, 255) : content.title,
  };
}
