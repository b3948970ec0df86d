import { describe, expect, it } from 'vitest';
import type { KpiReading } from '../../../core/kpi/reading.ts';
import { config } from '../support/facts.ts';
import { World, type WorldOptions } from './world.ts';

const kpis = {
  queries: [
    { kind: 'ratio', name: 'checkout errors', better: 'down', events: 'e', total: 't', owner: '@acme/shop' },
    { kind: 'rate', name: 'orders', better: 'up', events: 'orders_total' },
  ],
};
const plan = { config: config({}, { kpis }) };

const flat = (x: number, n: number) => Array.from({ length: 24 }, () => ({ x, n }));
const worse: readonly KpiReading[] = [
  { name: 'checkout errors', after: flat(20, 1_000), before: [flat(10, 1_000)], problem: null },
  { name: 'orders', after: flat(100, 3_600), before: [flat(100, 3_600)], problem: null },
];
const day = 86_400;

const play = (options: WorldOptions) => new World({ plan, ...options }).play(() => false, 2 * day);
const reports = ({ comments }: World) => comments.filter((text) => text.startsWith('## KPIs'));

describe('a day after GA', () => {
  it('the figures are compared with the same hours before, in the issue and in the notes, once', async () => {
    const world = await play({ kpis: () => worse });
    expect(reports(world)).toHaveLength(1);
    expect(reports(world)[0]).toContain('1 worse, 1 no difference shown');
    expect(reports(world)[0]).toMatch(/\| checkout errors \| 1 % \| 2 % \| \+1 points \(\+100 %\), between/);
    expect(reports(world)[0]).not.toContain('Late');
    expect(world.notes).toContain('## KPIs of `v1.1.0`, 24 h after GA');
    expect(world.timeOf('kpi/1') - world.timeOf('ga')).toBe(day * 1_000);
    expect(world.effects.get('kpi/1')?.effect).toMatchObject({
      source: { kind: 'prometheus', url: 'http://127.0.0.1:9090' },
    });
  });

  it('a regression opens one issue with its owner and the evidence', async () => {
    const world = await play({ kpis: () => worse });
    const issues = world.issues.filter(({ labels }) => labels.includes('kpi-regression'));
    expect(issues).toHaveLength(1);
    expect(issues[0]?.title).toBe('KPI regression after v1.1.0: checkout errors');
    expect(issues[0]?.body).toContain('- Owner: @acme/shop');
    expect(issues[0]?.body).toContain('- Release: #1');
    expect(issues[0]?.body).toContain('24 of 24 hours, 24,000 before and 24,000 after');
    expect(world.audit.map(({ reasonCode }) => reasonCode)).toContain('KPI_REGRESSION');
  });

  it('too little data is called insufficient, and no figure is shown for it', async () => {
    const nothing = worse.map(({ name }) => ({
      name,
      after: flat(0, 0),
      before: [flat(0, 0)],
      problem: null,
    }));
    const [report = ''] = reports(await play({ kpis: () => nothing }));
    expect(report).toContain('| checkout errors | – | – | – | ❔ insufficient: 0 events before');
    expect(report).not.toMatch(/\b0 %/);
  });

  it('a reading that could not be made is a report too', async () => {
    const world = await play({ refuse: (id) => id === 'kpi/1' });
    expect(reports(world)[0]).toContain('2 insufficient');
    expect(reports(world)[0]).toContain('GitHub answered 422');
  });

  it('scenario 23: when the app was down at +24 h the report comes once, marked late', async () => {
    const world = new World({ plan, kpis: () => worse });
    await world.play(({ state }) => state.phase === 'observing');
    world.intercept((event) => event.type === 'timer.fired' && event.timer === 'observed');
    await world.play(() => false, 2 * day);
    expect(reports(world)).toEqual([]);
    world.intercept(() => false);
    world.now += 3 * 3_600_000 + (world.timeOf('ga') + day * 1_000 - world.now);
    for (let again = 0; again < 3; again++) world.send({ type: 'timer.fired', timer: 'observed' });
    await world.play(() => false, 3 * day);
    expect(reports(world)).toHaveLength(1);
    expect(reports(world)[0]).toContain('⏰ **Late** by 3 h');
    expect(world.issues.filter(({ labels }) => labels.includes('kpi-regression'))).toHaveLength(1);
    expect(world.audit.filter(({ action }) => action === 'kpi.reported')).toMatchObject([
      { reasonCode: 'KPI_LATE' },
    ]);
  });

  it('an answer that comes twice is reported once', async () => {
    const world = new World({ plan, kpis: () => worse });
    let answer: Parameters<World['send']>[0] | null = null;
    world.intercept((event) => {
      if (event.type === 'kpis.measured') answer = event;
      return false;
    });
    await world.play(({ state }) => state.kpi !== undefined, 3 * day);
    const told = world.audit.filter(({ action }) => action.startsWith('kpi.'));
    expect(told.length).toBeGreaterThan(0);
    if (answer !== null) world.send(answer);
    await world.play(() => false, 4 * day);
    expect(answer).not.toBeNull();
    expect(world.audit.filter(({ action }) => action.startsWith('kpi.'))).toEqual(told);
    expect(reports(world)).toHaveLength(1);
  });

  it('a release that went back is not compared', async () => {
    const world = new World({ plan, kpis: () => worse });
    await world.play(({ state }) => state.phase === 'observing');
    world.say('/rollback orders vanish');
    await world.play(() => false, 2 * day);
    expect(world.state.phase).toBe('rolled_back');
    expect(reports(world)).toEqual([]);
  });

  it('without figures of its own the canary’s are compared', async () => {
    const world = await play({ plan: {} });
    const effect = world.effects.get('kpi/1')?.effect;
    const names = effect?.kind === 'measureKpis' ? effect.kpis.map(({ name }) => name) : [];
    expect(names).toEqual(['error rate', 'requests slower than 0.25 s', 'requests a second']);
  });
});
