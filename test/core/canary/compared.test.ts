import { describe, expect, it } from 'vitest';
import { explainRecord } from '../../../core/canary/explain.ts';
import { judge } from '../../../core/canary/judge.ts';
import { parseJudgeDocument } from '../../../core/canary/parse-record.ts';
import { armOf } from '../../../core/canary/read-arms.ts';
import { addToLog, openLog, recordOf } from '../../../core/canary/record.ts';
import { checkReplay } from '../../../core/canary/replay-check.ts';
import { type JudgeSettings, judgeSettings } from '../../../core/canary/settings.ts';
import { openJudge, openStep } from '../../../core/canary/state.ts';
import type { Judgement } from '../../../core/canary/verdict.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { ArmReading, Series } from '../../../core/ports/metrics.ts';
import { poisson, seeded } from './simulate.ts';

const text = `version: 1
trusted_workflows: [".github/workflows/gates.yml"]
release:
  metrics:
    kind: prometheus
    url: http://metrics.test
    compare:
      - { name: checkout-failures, events: checkout_failed_total }
      - { name: orders, events: orders_total, worse: lower }
      - { name: cpu, gauge: process_cpu_usage, tolerated: 0.1 }
  canary: { min_requests: 50 }
`;
const { metrics, canary } = parseConfig(text).config.release as ReleaseConfig;
const settings = judgeSettings(canary, metrics);

/** The same with another rule for the gauge. */
function settingsWith(gauge: string): JudgeSettings {
  const config = text.replace('{ name: cpu, gauge: process_cpu_usage, tolerated: 0.1 }', gauge);
  const other = parseConfig(config).config.release as ReleaseConfig;
  return judgeSettings(other.canary, other.metrics);
}

/** Rates a request of the canary: checkout failures and orders; and its CPU. The baseline has 1 %, 20 % and 0.4. */
interface Version {
  readonly failures?: number;
  readonly orders?: number;
  readonly cpu?: number;
}

/** Half an hour of ten-second readings at 10 %, or until a rollback. */
function play(version: Version, seed = 5, judgedBy = settings, baseline: Version = {}) {
  const random = seeded(seed);
  const totals = new Map<string, number>();
  const count = (name: string, mean: number): number => {
    totals.set(name, (totals.get(name) ?? 0) + poisson(mean, random));
    return totals.get(name) as number;
  };
  const arm = (
    name: string,
    rps: number,
    { failures = 0.01, orders = 0.2, cpu = 0.4 }: Version,
  ): ArmReading => ({
    version: name,
    instances: [
      {
        id: `${name}-1`,
        requests: count(`${name} requests`, rps * 10),
        errors: 0,
        slow: 0,
        compared: [
          count(`${name} failures`, rps * 10 * failures),
          count(`${name} orders`, rps * 10 * orders),
          cpu + 0.02 * (random() - 0.5),
        ],
      },
    ],
  });
  let state = openJudge(1, 0, true, judgedBy);
  let log = openLog(state);
  let last: Judgement | null = null;
  for (let at = 10_000; at <= 1_800_000 && last?.verdict !== 'rollback'; at += 10_000) {
    const reading = { at, canary: arm('v2', 10, version), baseline: arm('v1', 90, baseline) };
    const { state: next, tick, ...judged } = judge(state, { at, reading, problem: null }, judgedBy);
    log = addToLog(log, state, tick, judged.verdict);
    state = next;
    last = judged;
  }
  if (last === null) throw new Error('nothing was judged');
  return { last, state, record: recordOf(log, judgedBy) };
}

/** What the evidence says of a judgement. */
function toldOf({ verdict, reasons, values }: Judgement) {
  return { verdict, reasons: reasons.map(({ code, message }) => `${code}: ${message}`), data: values };
}

describe('further figures that are compared', () => {
  it('let a version be ready that is no worse', () => {
    expect(play({}).last.verdict).toBe('ready');
  });

  it.each([
    ['more failures of a business step', { failures: 0.05 }, 'checkout-failures is higher'],
    ['fewer orders', { orders: 0.02 }, 'orders is lower'],
  ])('roll back for %s', (_name, version, message) => {
    const { verdict, reasons } = play(version).last;
    expect(verdict).toBe('rollback');
    expect(reasons).toEqual([
      { code: 'WORSE_THAN_BASELINE', message: expect.stringContaining(message) as unknown },
    ]);
  });

  it.each([
    ['more orders', { orders: 0.9 }],
    ['fewer failures', { failures: 0 }],
    ['a gauge within what is tolerated', { cpu: 0.45 }],
  ])('do not mind %s', (_name, version) => {
    expect(play(version).last.verdict).toBe('ready');
  });

  it('hold the promotion up for a gauge that is worse, and roll nothing back for it', () => {
    const { verdict, reasons } = play({ cpu: 0.8 }).last;
    expect(verdict).toBe('continue');
    expect(reasons[0]).toMatchObject({ code: 'WORSE_THAN_BASELINE' });
  });

  it.each([
    [
      'saturation above a limit',
      '{ name: cpu, gauge: process_cpu_usage, limit: 0.9 }',
      { cpu: 0.97 },
      'cpu is above its limit of 0.9',
    ],
    [
      'a figure below a limit',
      '{ name: cpu, gauge: process_cpu_usage, limit: 0.3, worse: lower }',
      { cpu: 0.2 },
      'cpu is below its limit of 0.3',
    ],
    [
      'a gauge that is worse, when it may',
      '{ name: cpu, gauge: process_cpu_usage, tolerated: 0.1, on_worse: rollback }',
      { cpu: 0.8 },
      'cpu is higher than the baseline',
    ],
  ])('roll back for %s', (_name, gauge, version, message) => {
    const played = play(version, 5, settingsWith(gauge));
    expect(played.last.verdict).toBe('rollback');
    expect(played.last.reasons.map((reason) => reason.message)).toEqual([expect.stringContaining(message)]);
    const document = { step: 1, weight: 10, ...toldOf(played.last), record: played.record };
    expect(checkReplay(parseJudgeDocument('x.json', JSON.stringify(document))).differences).toEqual([]);
  });

  it.each([
    [
      'only hold the promotion up when they shall',
      '{ name: cpu, gauge: process_cpu_usage, limit: 0.9, on_worse: hold }',
      { cpu: 0.97 },
      {},
      'continue',
    ],
    [
      'do not mind a gauge below its limit',
      '{ name: cpu, gauge: process_cpu_usage, limit: 0.9 }',
      { cpu: 0.85 },
      {},
      'ready',
    ],
    [
      'do not go back where both versions are beyond the limit',
      '{ name: cpu, gauge: process_cpu_usage, limit: 0.9 }',
      { cpu: 0.97 },
      { cpu: 0.95 },
      'ready',
    ],
  ])('%s', (_name, gauge, version, baseline, verdict) => {
    expect(play(version, 5, settingsWith(gauge), baseline).last.verdict).toBe(verdict);
  });

  it('judge a limit at 100 % too, where nobody is left to compare with', () => {
    const limited = settingsWith('{ name: cpu, gauge: process_cpu_usage, limit: 0.9 }');
    let state = openJudge(3, 0, false, limited);
    let verdict = '';
    for (let n = 1; n <= 60 && verdict !== 'rollback'; n++) {
      const at = n * 10_000;
      const instances = [
        { id: 'a', requests: n * 100, errors: 0, slow: 0, compared: [0, n * 20, 0.95 + (n % 3) / 100] },
      ];
      const reading = {
        at,
        canary: { version: 'v2', instances },
        baseline: { version: 'v1', instances: [] },
      };
      const judged = judge(state, { at, reading, problem: null }, limited);
      state = judged.state;
      verdict = judged.verdict;
    }
    expect(verdict).toBe('rollback');
  });

  it('can be judged again from the evidence, and are told in the tables', () => {
    const { record, last } = play({ failures: 0.05 });
    const document = { step: 1, weight: 10, ...toldOf(last), record };
    expect(checkReplay(parseJudgeDocument('x.json', JSON.stringify(document))).differences).toEqual([]);
    const explained = explainRecord(record, { chart: false });
    expect(explained).toContain('| checkout-failures against the baseline |');
    expect(explained).toContain('| cpu against the baseline (no promotion) |');
  });

  it('say what is assumed of how errors come while nothing is known, and nothing where it is declared', () => {
    const early = play({ failures: 0.2 });
    expect(early.last.values.assumed_cluster).toBe(5);
    expect(explainRecord(early.record, { chart: false })).toContain(
      'Nothing is known yet of how errors come',
    );
    const declared = judgeSettings({ ...canary, error_cluster: 1 }, metrics);
    expect(play({ failures: 0.2 }, 5, declared).last.values).not.toHaveProperty('assumed_cluster');
  });

  it('go on as evidence of harm in the next step, and begin anew where they are of one step only', () => {
    const { state } = play({ failures: 0.012, cpu: 0.8 });
    const next = openStep(state, 2, 1_800_000, true, settings);
    expect(next.harm.compared?.[0]?.stakes).toBe(state.harm.compared?.[0]?.stakes);
    expect(next.gauges?.[0]?.count).toBe(0);
  });

  it('are nothing where no process shows them', () => {
    const { verdict } = play({}).last;
    const state = openJudge(1, 0, true, settings);
    const arm = (version: string): ArmReading => ({
      version,
      instances: [{ id: version, requests: 5, errors: 0, slow: 0 }],
    });
    const reading = { at: 10_000, canary: arm('v2'), baseline: arm('v1') };
    const { tick } = judge(state, { at: 10_000, reading, problem: null }, settings);
    expect(tick.counts).toMatchObject({ canary: { compared: [null, null, null] } });
    expect(verdict).toBe('ready');
  });

  it('are read by process, counters as sums and gauges as means', () => {
    const series = (labels: Series['labels'], value: number): Series => ({
      labels: { version: '2', instance: 'a', ...labels },
      points: [{ at: 0, value }],
    });
    const requests = [series({ code: '200' }, 10)];
    const compared = [
      [series({}, 3), series({ shop: 'x' }, 4)],
      [],
      [series({}, 0.2), series({ core: '1' }, 0.4)],
    ];
    const [instance] = armOf('v2', requests, [], metrics, compared).instances;
    expect(instance?.compared?.[0]).toBe(7);
    expect(instance?.compared?.[1]).toBeNull();
    expect(instance?.compared?.[2]).toBeCloseTo(0.3);
  });
});

describe('a figure to compare', () => {
  it.each([
    ['neither events nor a gauge', '{ name: x }'],
    ['both', '{ name: x, events: a, gauge: b }'],
    ['a name that is none', '{ name: "X Y", events: a }'],
    ['a limit of events', '{ name: x, events: a, limit: 3 }'],
    ['a limit beside what is tolerated', '{ name: x, gauge: a, limit: 3, tolerated: 1 }'],
  ])('is refused with %s', (_name, figure) => {
    const config = text.replace('{ name: orders, events: orders_total, worse: lower }', figure);
    expect(() => parseConfig(config)).toThrow(/compare/);
  });
});
