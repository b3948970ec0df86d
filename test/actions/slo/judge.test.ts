import { describe, expect, it } from 'vitest';
import { evaluateSlo } from '../../../actions/slo/evaluate.ts';
import { sloGate } from '../../../actions/slo/gate.ts';
import { type JudgeSettings, judgeSlo } from '../../../actions/slo/judge.ts';
import type { Reading, Slo } from '../../../actions/slo/model.ts';
import { sloOptionsSchema } from '../../../actions/slo/options.ts';
import { rolling, windowsOf } from '../../../actions/slo/period.ts';
import { parseRecording, recordedReading } from '../../../actions/slo/readings/recorded.ts';
import { burnRules, errorBudget, formatWindow } from '../../../actions/slo/windows.ts';
import fc from '../../support/fast-check.ts';
import { casesOf, runCase } from '../../support/gate-case.ts';

const day = 86_400_000;
const settings: JudgeSettings = {
  minEvents: 100,
  confidence: 0.95,
  staleAfterMs: 600_000,
  onBudgetExhausted: 'fail',
  rollout: null,
  at: 0,
};

const slo = (target = 0.999, periodMs = 30 * day): Slo => ({
  name: 'shop',
  service: '',
  origin: null,
  target,
  periodMs,
  calendar: null,
  sli: { kind: 'unsupported', reason: 'only counts here' },
  notes: [],
});

const reading = (
  counts: (windowMs: number) => { bad: number; total: number },
  periodMs = 30 * day,
): Reading => ({
  state: 'measured',
  newestAt: 0,
  counted: true,
  extent: 'history',
  timeline: [],
  windows: windowsOf(rolling(periodMs)).map((windowMs) => ({ windowMs, ...counts(windowMs) })),
});

describe('the rules of the SRE workbook', () => {
  it.each([
    [7, [3.36, 1.4, 0.9, 0.9]],
    [28, [13.44, 5.6, 2.8, 0.933333333333]],
    [30, [14.4, 6, 3, 1]],
    [90, [43.2, 18, 9, 3]],
  ])('have the factors of %d days', (days, factors) => {
    expect(burnRules(days * day).map(({ factor }) => factor)).toEqual(factors);
  });

  it('look through pairs of a long and a short window', () => {
    expect(
      burnRules(30 * day).map(
        (rule) => `${formatWindow(rule.longMs)}/${formatWindow(rule.shortMs)} ${rule.severity}`,
      ),
    ).toEqual(['1h/5m page', '6h/30m page', '1d/2h ticket', '3d/6h ticket']);
  });

  it('leave out rules that are longer than the period', () => {
    expect(burnRules(day / 2).map(({ longMs }) => formatWindow(longMs))).toEqual(['1h', '6h']);
  });

  it.each([0.9, 0.99, 0.999, 0.9995, 0.99999])('know the budget of %d to the last digit', (target) => {
    expect(String(errorBudget(target))).toMatch(/^(0\.0*\d{1,2}|1e-5)$/);
  });
});

describe('judging an objective', () => {
  const ratio = (share: number, rps = 50) =>
    reading((ms) => ({ bad: (share * rps * ms) / 1_000, total: (rps * ms) / 1_000 }));

  it('never gets better when more events are bad', () => {
    const rank = { pass: 0, warn: 1, inconclusive: 2, fail: 3 } as const;
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)].map(
            (share) => judgeSlo(slo(), ratio(share), settings).verdict,
          );
          expect(rank[more ?? 'pass']).toBeGreaterThanOrEqual(rank[less ?? 'fail']);
        },
      ),
    );
  });

  it('never passes on counts that cannot be', () => {
    const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e12);
    fc.assert(
      fc.property(odd, fc.nat(7), fc.boolean(), (value, index, inTotal) => {
        const healthy = ratio(0);
        if (healthy.state !== 'measured') throw new Error('a reading is needed');
        const windows = healthy.windows.map((count, at) =>
          at === index ? { ...count, [inTotal ? 'total' : 'bad']: value } : count,
        );
        expect(judgeSlo(slo(), { ...healthy, windows }, settings).verdict).toBe('inconclusive');
      }),
    );
  });

  it('never fails on one bad event, whatever the traffic', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.constantFrom(0.9, 0.99, 0.999, 0.99999),
        (total, target) => {
          const { verdict } = judgeSlo(
            slo(target),
            reading(() => ({ bad: 1, total })),
            settings,
          );
          expect(verdict).not.toBe('fail');
        },
      ),
    );
  });

  it('has no budget for a promise of 100 %', () => {
    expect(judgeSlo(slo(1), ratio(0), settings).verdict).toBe('pass');
    expect(judgeSlo(slo(1), ratio(0.001), settings).verdict).toBe('fail');
  });

  it('says how long the budget lasts at the pace of the last day', () => {
    const { budgetLeft, exhaustedInDays } = judgeSlo(slo(), ratio(0.0005), settings);
    expect(budgetLeft).toBeCloseTo(0.5, 9);
    expect(exhaustedInDays).toBeCloseTo(30, 6);
    expect(judgeSlo(slo(), ratio(0), settings).exhaustedInDays).toBeNull();
    expect(judgeSlo(slo(), ratio(0.01), settings).exhaustedInDays).toBe(0);
  });

  it('prices a rollout by weight, time and the share that a bad version fails', () => {
    const rollout = {
      steps: [
        { weight: 10, for: 3_600_000 },
        { weight: 50, for: 600_000 },
      ],
      bad_ratio: 0.05,
    };
    const { rolloutSpend } = judgeSlo(slo(), ratio(0), { ...settings, rollout });
    expect(rolloutSpend).toBeCloseTo(((0.1 + 0.5 / 6) * 0.05) / (0.001 * 720), 6);
  });
});

describe('evidence of the gate', () => {
  const judged = casesOf('slo').filter(({ name }) =>
    /^(fast-burn_fail|healthy_pass|ticket-burn_warn|not-a-number)/.test(name),
  );

  it.each(judged)(
    'burn.json of $name is a recording that gives the same verdict',
    async ({ folder, verdict }) => {
      const { files } = await runCase(sloGate, folder);
      const file = files.find(({ path }) => path === 'slo/burn.json');
      const recording = parseRecording(file?.bytes ?? new Uint8Array(), 'slo/burn.json');
      const again = recordedReading(recording, 'shop', rolling(30 * day));
      const options = sloOptionsSchema.parse({});
      const facts = {
        slos: [slo()],
        problems: [],
        readings: again === null ? {} : { shop: again },
        at: recording.recorded_at,
        source: 'recorded',
        probes: { state: 'none' },
      } as const;
      expect(evaluateSlo(options, facts).verdict).toBe(verdict);
    },
  );

  it.each([
    ['not JSON', '{'],
    ['another version', '{"schema_version":2,"recorded_at":0}'],
    ['an unknown key', '{"schema_version":1,"recorded_at":0,"sereis":[]}'],
    [
      'a window that is none',
      '{"schema_version":1,"recorded_at":0,"objectives":{"a":{"windows":{"1 hour":{"bad":0,"total":1}}}}}',
    ],
    [
      'a count that is text',
      '{"schema_version":1,"recorded_at":0,"objectives":{"a":{"windows":{"1h":{"bad":"0","total":1}}}}}',
    ],
  ])('refuses a recording with %s', (_what, text) => {
    expect(() => parseRecording(new TextEncoder().encode(text), 'r.json')).toThrow(/^r\.json is not/);
  });
});

describe('a result of the gate', () => {
  it('is the same in process as on paper', async () => {
    for (const { folder } of casesOf('slo').filter((_, index) => index % 6 === 0)) {
      const { result } = await runCase(sloGate, folder);
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    }
  });
});
