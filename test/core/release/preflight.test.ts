import { describe, expect, it } from 'vitest';
import { config, planFacts, start } from '../support/facts.ts';
import { World, type WorldOptions } from './world.ts';

const foreign = { id: 7, creator: 'jenkins[bot]', task: 'deploy', state: 'in_progress', createdAt: start };
const qaCheck = { preflight: { qa_check: { name: 'qa', app: 'github-actions' } } };

/** Everything that was said until the stage began, or would have. */
async function toStage(options: WorldOptions): Promise<World> {
  return new World(options).play((one) => one.state.phase === 'staging', 130);
}

describe('before anything is deployed', () => {
  it.each<[string, WorldOptions, string]>([
    ['a deployment of somebody else is under way', { preflight: { conflicts: [foreign] } }, 'is in progress'],
    ['the deployments cannot be read', { preflight: { conflicts: null } }, 'could not be read'],
    ['an error budget burns', { preflight: { burning: 1 } }, '1 objectives of production are burning'],
    ['the objectives cannot be read', { preflight: { burning: null } }, 'could not be read'],
    [
      'a migration has no way back',
      { preflight: { irreversible: { open: 1, acknowledged: 2 } } },
      '1 cannot be undone',
    ],
    [
      'the gate says nothing of ways back',
      { preflight: { irreversible: null } },
      'said nothing of ways back',
    ],
    [
      'QA has not approved',
      {
        plan: { config: config({}, qaCheck) },
        preflight: { qaCheck: { name: 'qa', conclusion: 'failure' } },
      },
      'check qa: failure',
    ],
    [
      'QA has not said anything',
      { plan: { config: config({}, qaCheck) }, preflight: { qaCheck: { name: 'qa', conclusion: null } } },
      'check qa: not reported',
    ],
    [
      'no rollback was ever tried and the config asks for one',
      { plan: { config: config({}, { preflight: { require: ['rehearsal'] } }) } },
      'no rollback and no passed drill',
    ],
    [
      'the version to go back to is gone and the config asks for it',
      {
        plan: { config: config({}, { preflight: { require: ['restorable'] } }) },
        preflight: { restorable: false },
      },
      'the commit of v1.0.0 is gone',
    ],
  ])('nothing is, while %s', async (_name, options, detail) => {
    const world = await toStage(options);
    expect(world.state.phase).toBe('gating');
    expect(world.deployments).toEqual([]);
    const said = world.comments.filter((text) => text.startsWith('⏸️ Nothing is deployed yet'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(detail);
    expect(world.status).toContain('**Next:** waiting for: ');
    expect(world.status).toContain(
      '| ❌ '.replace('❌', /unreadable|read|ways back/.test(detail) ? '❔' : '❌'),
    );
  });

  it('it is read again every minute, and goes on when it is met', async () => {
    const world = new World({ preflight: { conflicts: [foreign] } });
    await world.play((one) => one.state.preflightTold !== '');
    world.options = {};
    const since = world.now;
    await world.play((one) => one.state.phase === 'staging');
    expect(world.now - since).toBe(60_000);
    expect(world.effects.has('preflight/2')).toBe(true);
  });

  it('a reading that fails is no reading', async () => {
    const world = new World({ refuse: (id) => id === 'preflight/1' });
    await world.play((one) => one.state.phase === 'staging');
    expect(world.effects.has('preflight/2')).toBe(true);
    expect(world.audit.find(({ action }) => action === 'preflight.failed')?.reasonCode).toBe(
      'PREFLIGHT_UNREADABLE',
    );
  });

  it('what the config gives no ground for is not asked', async () => {
    const world = await toStage({ plan: { config: config({}, { required_gates: [] }) }, reports: [] });
    expect(world.state.phase).toBe('staging');
  });

  it('the plan ticks what is met, with its proof', async () => {
    const qa = { path: 'QA/QA-Report-v1.1.0.md', status: 'approved' };
    const rehearsed = { what: 'rollback of v1.0.9', at: start - 86_400_000 };
    const world = await toStage({ plan: planFacts({ qa }), preflight: { rehearsed, burning: 0 } });
    await world.play((one) => one.comments.length >= 2);
    const plan = world.comments.find((text) => text.startsWith('## Deployment Plan')) ?? '';
    for (const line of [
      '- [x] QA report approved: QA/QA-Report-v1.1.0.md',
      '- [x] Artifacts verified: supply-chain: pass; v1.1.0 at aaaaaaaaaaaa',
      '- [x] Environment healthy: no error budget of production is burning',
      '- [x] No conflicting deployment: nothing else is under way',
      '- [x] Previous version restorable: v1.0.0 at 000000000000',
      '- [x] Migrations reversible or their forward fix acknowledged: reversible',
      '- [x] Rollback tested: rollback of v1.0.9 on 2025-12-31',
      '- [x] Stakeholders notified: #',
    ]) {
      expect(plan).toContain(line);
    }
  });
});
