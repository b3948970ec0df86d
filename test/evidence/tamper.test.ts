import { beforeAll, describe, expect, it } from 'vitest';
import { type Files, TamperedBundle } from './tamper/bundle.ts';
import { TamperedExport } from './tamper/export.ts';
import { type Kind, kinds, renderTallies, type Tally, tally } from './tamper/mutation.ts';

/** At least so many mutations of each kind: what is tried must not become less in silence. */
const least = {
  bundle: { flip: 5_000, cut: 500, swap: 95, reorder: 150, 're-sign': 50 },
  log: { flip: 20_000, cut: 350, swap: 1_600, reorder: 500, 're-sign': 100 },
} as const;

describe('tampered evidence', () => {
  let bundle: TamperedBundle;
  let found: Record<Kind, Tally>;

  beforeAll(async () => {
    bundle = await TamperedBundle.make();
    found = await tally(bundle.mutations(), bundle.isNamed);
  });

  it('is believed only as it was made', async () => {
    expect(await bundle.problemsOf(bundle.good)).toEqual([]);
  });

  it.each(kinds)('is caught and what was done is named: %s', (kind) => {
    expect(found[kind].missed).toEqual([]);
    expect(found[kind].tried).toBeGreaterThan(least.bundle[kind]);
  });

  it('is told apart by who signed again', async () => {
    const codes = new Map<string, readonly string[]>();
    for await (const { kind, name, changed } of bundle.mutations()) {
      if (kind === 're-sign') codes.set(name, await codesOf(changed));
    }
    expect(Object.fromEntries([...codes].slice(0, 6))).toMatchObject({
      'their signature': ['UNKNOWN_KEY'],
      'their signature with our hint': ['TAMPERED'],
      'our signature of another zip': ['TAMPERED', 'TAMPERED'],
      'our signature of something else': ['UNSIGNED'],
    });
    const byStrangers = [...codes].filter(([name]) => name.endsWith('by a stranger'));
    for (const [name, found] of byStrangers) expect(found, name).toContain('UNKNOWN_KEY');
  });

  async function codesOf(files: Files): Promise<readonly string[]> {
    return (await bundle.problemsOf(files)).map(({ code }) => code);
  }
});

describe('a tampered export of the audit log', () => {
  const log = new TamperedExport();
  let found: Record<Kind, Tally>;

  beforeAll(async () => {
    found = await tally(log.mutations(), log.isNamed);
  });

  it('is believed only as it was written', () => {
    expect(log.problemsOf(log.lines)).toEqual([]);
  });

  it.each(kinds)('is caught and the place is named: %s', (kind) => {
    expect(found[kind].missed).toEqual([]);
    expect(found[kind].tried).toBeGreaterThan(least.log[kind]);
  });
});

it('says in a table what was tried and caught', () => {
  const none = { tried: 0, missed: [] };
  const one = {
    flip: { tried: 3, missed: ['byte 1'] },
    cut: none,
    swap: none,
    reorder: none,
    're-sign': none,
  };
  expect(renderTallies({ log: one }).split('\n')).toEqual([
    '| caught and named | log |',
    '|---|---|',
    '| flip | 2 of 3 |',
    '| cut | 0 of 0 |',
    '| swap | 0 of 0 |',
    '| reorder | 0 of 0 |',
    '| re-sign | 0 of 0 |',
    '| **all** | 2 of 3 |',
  ]);
});
