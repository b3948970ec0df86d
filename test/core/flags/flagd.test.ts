import { describe, expect, it } from 'vitest';
import { changeFlags, readFlag } from '../../../core/flags/flagd.ts';
import { agrees, samplesFor, shareShown } from '../../../core/flags/read-back.ts';

const variants = { on: 'on', off: 'off' };
const why = { purpose: 'ramp', by: 'conductor', reason: '' } as const;
const flag = (change: object = {}) => ({
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  ...change,
});
const file = (flags: object, extra: object = {}) => `${JSON.stringify({ ...extra, flags }, null, 4)}\n`;
const share = (name: string, percent: number) => ({ flag: name, to: { kind: 'share', percent } }) as const;

describe('a file in the format of flagd', () => {
  it.each([
    ['on by default', flag({ defaultVariant: 'on' }), 100],
    ['off by default', flag(), 0],
    ['disabled', flag({ state: 'DISABLED', defaultVariant: 'on' }), 0],
    [
      'shared out',
      flag({
        targeting: {
          fractional: [
            ['on', 10],
            ['off', 90],
          ],
        },
      }),
      10,
    ],
    [
      'shared out by weights',
      flag({
        targeting: {
          fractional: [
            ['off', 3],
            ['on', 1],
          ],
        },
      }),
      25,
    ],
    ['with rules of its own', flag({ targeting: { if: [{ '==': [1, 1] }, 'on', 'off'] } }), null],
    ['with empty rules', flag({ targeting: {}, defaultVariant: 'on' }), 100],
  ])('says of a flag that is %s how many get it', (_what, definition, percent) => {
    expect(readFlag(file({ search: definition }), 'search', variants).share).toBe(percent);
  });

  it('gives a flag to a share of the users by fractional targeting, and keeps everything else', () => {
    const before = file(
      { other: flag({ targeting: { if: [] } }), search: flag() },
      { $schema: 'x', metadata: { a: 1 } },
    );
    const after = changeFlags(before, [share('search', 10)], variants, why);
    expect(JSON.parse(after)).toEqual({
      $schema: 'x',
      metadata: { a: 1 },
      flags: {
        other: flag({ targeting: { if: [] } }),
        search: flag({
          targeting: {
            fractional: [
              ['on', 10],
              ['off', 90],
            ],
          },
        }),
      },
    });
    expect(after).toMatch(/^\{\n {4}"/);
    expect(after.endsWith('}\n')).toBe(true);
    expect(changeFlags(after, [share('search', 10)], variants, why)).toBe(after);
  });

  it('leaves no rule behind that would go on deciding when everybody gets a flag', () => {
    const before = file({ search: flag({ state: 'DISABLED', targeting: { if: [] } }) });
    const after = changeFlags(before, [share('search', 100)], variants, { ...why, purpose: 'ga' });
    expect(JSON.parse(after).flags.search).toEqual(flag({ defaultVariant: 'on' }));
  });

  it('gives back a definition as it was', () => {
    const before = file({ search: flag({ targeting: { if: [{ in: ['a', 'b'] }, 'on', 'off'] } }) });
    const setting = readFlag(before, 'search', variants);
    const ramped = changeFlags(before, [share('search', 50)], variants, why);
    const back = changeFlags(ramped, [{ flag: 'search', to: { kind: 'former', setting } }], variants, why);
    expect(back).toBe(before);
  });

  it('shows who killed a flag, until it is given back', () => {
    const before = file({ search: flag({ defaultVariant: 'on' }) });
    const setting = readFlag(before, 'search', variants);
    const kill = { purpose: 'kill', by: 'alice', reason: 'drops results' } as const;
    const killed = changeFlags(before, [share('search', 0)], variants, kill);
    expect(readFlag(killed, 'search', variants)).toMatchObject({ share: 0, killed: 'alice: drops results' });
    const back = changeFlags(killed, [{ flag: 'search', to: { kind: 'former', setting } }], variants, {
      ...kill,
      purpose: 'restore',
    });
    expect(back).toBe(before);
  });

  it.each([
    ['no JSON', 'flags: {}', 'FLAGS_UNREADABLE'],
    ['no flags', '{}', 'FLAGS_UNREADABLE'],
    ['another flag', file({ other: flag() }), 'FLAG_UNKNOWN'],
    ['a prototype', file({ toString: flag() }), 'FLAG_UNKNOWN'],
    ['no variant of that name', file({ search: flag({ variants: { a: 1, b: 2 } }) }), 'FLAG_UNUSABLE'],
    ['no variants', file({ search: { state: 'ENABLED' } }), 'FLAG_UNUSABLE'],
  ])('with %s is refused by name', (_what, text, code) => {
    expect(() => readFlag(text, 'search', variants)).toThrow(expect.objectContaining({ code }));
    expect(() => changeFlags(text, [share('search', 10)], variants, why)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('reading back', () => {
  it.each([
    [0, 0, true],
    [1, 0, false],
    [10, 100, true],
    [9, 100, false],
  ])('%i of 10 evaluations fit %i %%: %s', (on, percent, fits) => {
    expect(agrees(on, 10, percent)).toBe(fits);
  });

  it('tells a share that nobody gets from one of 10 %, and half from 10 %', () => {
    expect(agrees(0, 100, 10)).toBe(false);
    expect(agrees(50, 100, 10)).toBe(false);
    expect(agrees(100, 100, 50)).toBe(false);
    for (const on of [4, 10, 18]) expect(agrees(on, 100, 10)).toBe(true);
  });

  it('asks little where the answer has to be the same every time', () => {
    expect([0, 1, 10, 50, 100].map((percent) => samplesFor(percent, 60))).toEqual([10, 1_000, 100, 60, 10]);
    expect([0, 3, 10].map((on) => shareShown(on, 10))).toEqual([0, null, 100]);
  });
});
