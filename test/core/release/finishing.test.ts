import { describe, expect, it } from 'vitest';
import type { EffectSettled } from '../../../core/flow/event.ts';
import { ReleaseDraft } from '../../../core/release/draft.ts';
import { attach, onEvidenceSettled } from '../../../core/release/finishing.ts';
import type { Finishing } from '../../../core/release/progress.ts';
import { type ReleaseState, unknownRelease } from '../../../core/release/state.ts';
import { planFacts, repository, shaA, start } from '../support/facts.ts';

const sha256 = '1'.repeat(64);
const bundleSha256 = '2'.repeat(64);
const hold = {
  code: 'HELD_BY_COMMAND',
  reason: 'wait',
  by: 'ada',
  at: start,
} as unknown as ReleaseState['hold'];

/** A release on its way to GA, in its second try, that has come this far. */
function draftAt(stage: Finishing['stage'], change: Partial<ReleaseState> = {}): ReleaseDraft {
  const digests = stage === 'packing' ? { sha256: null, bundleSha256: null } : { sha256, bundleSha256 };
  const finishing: Finishing = { outcome: 'ga', stage, attempt: 2, ...digests };
  const known = { tag: 'v1.1.0', sha: shaA, phase: 'finishing', plan: planFacts(), releaseId: 77 } as const;
  return new ReleaseDraft({ ...unknownRelease, ...known, finishing, ...change }, { now: start, repository });
}

const ok = (value: Record<string, unknown> = {}): EffectSettled['outcome'] => ({ ok: true, value });
const failed: EffectSettled['outcome'] = { ok: false, code: 'TAMPERED', message: 'other bytes' };
const packed = ok({ sha256, bundleSha256 });
const attached = ok({ assets: [] });
const orders = (draft: ReleaseDraft): readonly string[] =>
  draft
    .planned()
    .map(({ effect: { kind } }) => kind)
    .filter((kind) => kind === 'attachEvidence' || kind === 'publishRelease');

describe('a release that is finished', () => {
  it('is attached once it is packed, and published only when that is verified', () => {
    const draft = draftAt('packing');
    onEvidenceSettled(draft, 'packing', 2, packed);
    expect(orders(draft)).toEqual(['attachEvidence']);
    onEvidenceSettled(draft, 'attaching', 2, attached);
    expect(orders(draft)).toEqual(['attachEvidence', 'publishRelease']);
  });

  it.each([
    ['attached', 'packing', packed],
    ['published', 'attaching', attached],
  ] as const)('is not %s while it is held', (_what, stage, outcome) => {
    const draft = draftAt(stage, { hold });
    onEvidenceSettled(draft, stage, 2, outcome);
    expect(orders(draft)).toEqual([]);
  });

  it.each([
    ['attached', 'packing', packed],
    ['published', 'attaching', attached],
  ] as const)('is not %s by what an earlier try found', (_what, stage, outcome) => {
    const draft = draftAt(stage);
    onEvidenceSettled(draft, stage, 1, outcome);
    expect(orders(draft)).toEqual([]);
    expect(draft.state.finishing).toMatchObject({ stage, attempt: 2 });
  });

  it('is not attached where there is no draft yet', () => {
    const draft = draftAt('attaching', { releaseId: null });
    attach(draft);
    expect(orders(draft)).toEqual([]);
  });

  it.each(['packing', 'attaching', 'publishing'] as const)(
    'is held and begins anew when %s fails: nothing is published',
    (stage) => {
      const draft = draftAt(stage);
      onEvidenceSettled(draft, stage, 2, failed);
      expect(orders(draft)).toEqual([]);
      expect(draft.state).toMatchObject({ finishing: null, hold: { code: 'EVIDENCE_FAILED' } });
    },
  );
});
