import { describe, expect, it } from 'vitest';
import type { GateName } from '../../../core/gate/names.ts';
import { config, report } from '../support/facts.ts';
import { neighbour } from '../support/neighbours.ts';
import { World, type WorldOptions } from './world.ts';

/** A release whose tag came, gates passed, and which was promoted to `weight`; 101: GA. */
async function at(weight: number, options: WorldOptions = {}): Promise<World> {
  const world = new World(options);
  return world.play(({ state }) =>
    weight > 100 ? state.phase === 'observing' : state.weight === weight && state.phase === 'soaking',
  );
}

const notify = [{ kind: 'team', name: 'acme/executives', on: ['rollback', 'escalation'] }];
const told = { plan: { config: config({}, { notify }) } };

describe('a stop condition', () => {
  it.each<[string, GateName, number, string]>([
    ['critical security at 10 %', 'supply-chain', 10, 'SECURITY'],
    ['data integrity at 50 %', 'migrations', 50, 'DATA_INTEGRITY'],
    ['an SLO burn at 100 %', 'slo', 100, 'SLO_BURN'],
    ['critical security while GA is observed', 'supply-chain', 101, 'SECURITY'],
  ])(
    '%s goes back at once, with incident, runbook, people and evidence, and blocks what follows',
    async (_name, gate, weight, code) => {
      const world = await at(weight, told);
      const since = world.now;
      world.send({
        type: 'gate.reported',
        report: report(gate, { verdict: 'fail', runId: 99, finishedAt: since }),
      });
      await world.play((one) => one.state.phase === 'rolled_back', 2_000);
      expect(world.now - since).toBeLessThan(1_000);
      expect(world.weight).toBe(0);
      expect(world.state).toMatchObject({ hold: { code }, failure: { resolvedBy: null } });
      expect(world.issues.at(-1)?.body).toContain('https://example.com/runbook');
      expect(world.comments.some((text) => text.includes('@acme/executives'))).toBe(true);
      await world.play((one) => one.effects.has('pack/1'), 2_000);
      expect(world.effects.has('pack/1')).toBe(true);
    },
  );

  it.each<[string, WorldOptions, string]>([
    ['a burn that begins with the traffic', { burning: (weight) => (weight >= 10 ? 1 : 0) }, 'rolled_back'],
    ['no burn', { burning: () => 0 }, 'observing'],
    ['a burn that cannot be read', { burning: () => null }, 'observing'],
    ['no objectives', {}, 'observing'],
  ])('is watched in production: %s', async (_name, options, end) => {
    const plan = { config: config({}, { stop_conditions: { slo_watch: '5s' } }) };
    const world = await new World({ plan, ...options }).play(() => false, 600);
    expect(world.state.phase).toBe(end);
    expect(world.state.hold?.code ?? null).toBe(end === 'observing' ? null : 'SLO_BURN');
  });

  it('is no burn that was there before the version had traffic', async () => {
    const plan = {
      config: config({}, { stop_conditions: { slo_watch: '5s' }, preflight: { require: [] } }),
    };
    const world = await new World({ plan, burning: () => 1, preflight: { burning: 1 } }).play(
      () => false,
      600,
    );
    expect(world.state.phase).toBe('observing');
  });

  it('is not a red gate that the config does not name, nor one without a verdict: that holds', async () => {
    const world = await at(10, { promotes: true });
    world.send({
      type: 'gate.reported',
      report: report('perf', { verdict: 'fail', runId: 99, finishedAt: world.now }),
    });
    await world.play((one) => one.state.hold !== null);
    expect(world.state).toMatchObject({ phase: 'soaking', hold: { code: 'GATE_FAILED' } });
    const other = await at(10);
    other.send({
      type: 'gate.reported',
      report: report('slo', { verdict: 'inconclusive', runId: 99, finishedAt: other.now }),
    });
    await other.play((one) => one.state.hold !== null);
    expect(other.state).toMatchObject({ phase: 'soaking', hold: { code: 'GATE_FAILED' } });
  });

  it('calls people when a newer release is under way, and blocks it', async () => {
    const world = await at(101, told);
    world.options = { ...world.options, neighbours: () => [neighbour('v1.2.0')] };
    const finishedAt = world.now;
    world.send({
      type: 'gate.reported',
      report: report('supply-chain', { verdict: 'fail', runId: 99, finishedAt }),
    });
    await world.play((one) => one.state.failure !== null, 2_000);
    expect(world.state).toMatchObject({ phase: 'observing', failure: { resolvedBy: null } });
    expect(world.audit.filter(({ action }) => action === 'release.failed')).toHaveLength(1);
    expect(world.comments.some((text) => text.includes('## Escalation Request'))).toBe(true);
    expect(world.deployments.some(({ task }) => task === 'rollback')).toBe(false);
  });
});
