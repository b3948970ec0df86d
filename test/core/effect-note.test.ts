import { describe, expect, it } from 'vitest';
import type { Effect } from '../../core/flow/effect.ts';
import { effectNote } from '../../core/flow/effect-note.ts';

const reaction: Effect = { kind: 'addReaction', commentId: 7, content: 'eyes' };
const failed = { ok: false, code: 'NOT_PERMITTED', message: 'GitHub said: token ghp_secret' } as const;

describe('the audit entry of an effect', () => {
  it('tells that it was carried out, by its key and the digest of what was decided', () => {
    const note = effectNote('react/7', reaction, { ok: true, value: {} });
    expect(note).toMatchObject({
      action: 'effect.done',
      reason: 'addReaction',
      reasonCode: null,
      data: { kind: 'addReaction', effect: 'react/7' },
    });
    const other = effectNote('react/7', { ...reaction, content: 'rocket' }, { ok: true, value: {} });
    expect(other?.data.effect_sha256).not.toBe(note?.data.effect_sha256);
  });

  it('tells why it was not, by the code alone: what a service answered may hold anything', () => {
    const note = effectNote('react/7', reaction, failed);
    expect(note).toMatchObject({
      action: 'effect.failed',
      reason: 'addReaction: NOT_PERMITTED',
      reasonCode: 'NOT_PERMITTED',
    });
    expect(JSON.stringify(note)).not.toContain('ghp_secret');
  });

  it('is not written for what only reads or keeps time', () => {
    expect(effectNote('soak/1', { kind: 'startTimer', timer: 'soak/1' }, { ok: true, value: {} })).toBeNull();
  });
});
