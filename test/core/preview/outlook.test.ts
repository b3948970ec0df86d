import { describe, expect, it } from 'vitest';
import { commanded, config, hour, minute, other, Preview, running } from './preview.ts';

/** What the pull request was told, in order. */
function told({ effects }: Preview): readonly string[] {
  return effects.flatMap((one) =>
    one.kind === 'tellChange' ? [`${one.outlook.sha} ${one.outlook.kind}`] : [],
  );
}

function lastText({ effects }: Preview): string {
  return effects.flatMap((one) => (one.kind === 'tellChange' ? [one.outlook.text] : [])).at(-1) ?? '';
}

const walks = { walks: true } as const;

describe('a pull request hears of its preview', () => {
  it('nothing, where no golden paths have to be walked', () => {
    expect(told(running({ walks: false }))).toEqual([]);
  });

  it('that one comes, that it is walked, and that nobody reported in time', () => {
    const preview = running(walks);
    expect(told(preview)).toEqual(['a1 awaited', 'a1 awaited']);
    expect(lastText(preview)).toContain('being walked');
    preview.now += 29 * minute;
    preview.read(walks);
    expect(told(preview)).toHaveLength(2);
    preview.now += minute;
    preview.read(walks);
    expect(told(preview).at(-1)).toBe('a1 missing');
    expect(lastText(preview)).toContain('`preview/pr-7`');
  });

  it('the same thing once, however often it is looked at', () => {
    const preview = running(walks);
    const before = told(preview).length;
    for (let n = 0; n < 5; n++) preview.read(walks);
    expect(told(preview)).toHaveLength(before);
  });

  it('of each head anew', () => {
    const preview = running(walks);
    preview.read({ ...walks, headSha: 'b2' });
    expect(told(preview).at(-1)).toBe('b2 awaited');
    preview.reported('success');
    preview.now += 31 * minute;
    preview.read({ ...walks, headSha: 'b2' });
    expect(told(preview).at(-1)).toBe('b2 missing');
  });

  it.each<[string, object]>([
    ['nobody asks for one', { labels: [] }],
    ['it is a draft', { draft: true }],
    ['it comes from a fork', { fork: true }],
    ['it is closed', { open: false }],
    ['the base declares none', { config: null }],
  ])('that there is nothing to wait for while %s', (_name, facts) => {
    const preview = new Preview();
    preview.read({ ...walks, ...facts });
    expect(told(preview)).toEqual(['a1 none']);
  });

  it.each<[string, object, string]>([
    ['too many exist', { config: config({ max_concurrent: 1 }), others: [other(3)] }, 'TOO_MANY_PREVIEWS'],
    ['there is no money', { others: [other(3, { spentToday: 200 })] }, 'BUDGET_SPENT'],
    ['nobody knows what it costs', { spentToday: 'unknown' }, 'COST_UNKNOWN'],
  ])('that it misses one that was refused because %s', (_name, facts, code) => {
    const preview = new Preview();
    preview.read({ ...walks, ...facts });
    expect(told(preview).at(-1)).toBe('a1 missing');
    expect(lastText(preview)).toContain(code);
  });

  it('why it has none, where the config takes what is reported: it passes all the same', () => {
    const preview = new Preview();
    const facts = { walks: false, config: config({ golden_paths: 'if-reported', max_concurrent: 1 }) };
    preview.read({ ...facts, others: [other(3)] });
    expect(told(preview)).toEqual(['a1 none']);
    expect(lastText(preview)).toBe(
      'the preview was refused (TOO_MANY_PREVIEWS), and `previews.golden_paths: if-reported` waits for none',
    );
    preview.read(facts);
    expect(told(preview)).toEqual(['a1 none', 'a1 none']);
    expect(lastText(preview)).toBe('no golden paths have to be walked in previews');
  });

  it('how it gets one that was refused for want of room', () => {
    const preview = new Preview();
    preview.read({ ...walks, config: config({ max_concurrent: 1 }), others: [other(3)] });
    expect(lastText(preview)).toContain('`/preview make-room` puts it first');
    const fails = new Preview();
    fails.read({ ...walks, fork: true });
    expect(lastText(fails)).not.toContain('make-room');
  });

  it('that it misses one that could not be made, and hopes again by /preview', () => {
    const preview = new Preview();
    preview.read(walks);
    for (let n = 0; n < 3; n++) {
      preview.reported('failure');
      preview.now += 16 * minute;
      preview.read(walks);
    }
    expect(told(preview).at(-1)).toBe('a1 missing');
    expect(lastText(preview)).toContain('CREATE_FAILED');
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order: { kind: 'start' } });
    preview.read(walks);
    expect(told(preview).at(-1)).toBe('a1 awaited');
  });

  it('that it misses one whose life ended before, and one that sleeps at an older commit', () => {
    const preview = running(walks);
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order: { kind: 'sleep' } });
    preview.reported('success');
    preview.read({ ...walks, headSha: 'b2' });
    expect(told(preview).at(-1)).toBe('b2 missing');
    expect(lastText(preview)).toContain('/preview wake');
    preview.now += 80 * hour;
    preview.read({ ...walks, headSha: 'b2' });
    expect(lastText(preview)).toContain('its life has ended');
  });

  it.each([
    ['label', 'none'],
    ['command', 'none'],
    ['always', 'missing'],
  ] as const)('that somebody destroyed it: with `when: %s` that is %s', (when, kind) => {
    const facts = { ...walks, config: config({ when }) };
    const preview = new Preview();
    preview.read(facts);
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order: { kind: 'destroy' } });
    expect(told(preview).at(-1)).toBe(`a1 ${kind}`);
  });

  it('reads what was stored before anybody asked for golden paths', () => {
    const preview = running();
    const [read] = preview.tell({ type: 'preview.touched', pullRequest: 7 });
    expect(read).toMatchObject({ kind: 'readPreview', baseSha: '' });
    preview.read(walks);
    expect(preview.tell({ type: 'preview.touched', pullRequest: 7 })[0]).toMatchObject({ baseSha: 'base' });
  });
});
