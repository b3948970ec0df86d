import { describe, expect, it } from 'vitest';
import { seeded } from '../canary/simulate.ts';
import { config } from '../support/facts.ts';
import { World, type WorldOptions } from './world.ts';

const flags = { provider: { kind: 'flagd', path: 'flags.json' } };
const plan = { config: config({}, { flags }) };
const custom = { definition: '{"targeting":{"if":[]}}', share: null, killed: null };

function begin(options: WorldOptions = {}): World {
  const world = new World({ plan, ...options });
  world.flags.set('search', { definition: '{}', share: 0, killed: null });
  world.flags.set('reports', custom);
  return world;
}
const shares = ({ flags: map }: World) => [...map.values()].map(({ share }) => share);
const set = (world: World) =>
  [...world.effects.values()].flatMap(({ effect }) =>
    effect.kind === 'setFlags'
      ? [
          `${effect.purpose} ${effect.changes.map(({ flag, to }) => `${flag}=${to.kind === 'share' ? to.percent : 'former'}`).join(' ')}`,
        ]
      : [],
  );
const said = ({ comments }: World, part: string) => comments.filter((text) => text.includes(part));

describe('the flags of a release', () => {
  it('are ramped with the canary, flipped at GA, and each flip is in the audit log', async () => {
    const world = await begin().play();
    expect(set(world)).toEqual([
      'ramp search=10 reports=10',
      'ramp search=50 reports=50',
      'ramp search=100 reports=100',
      'ga search=100 reports=100',
    ]);
    expect(shares(world)).toEqual([100, 100]);
    expect(world.comments.at(-1)).toContain('GA flags flipped: search, reports.');
    expect(world.audit.filter(({ action }) => action === 'flag.flipped')).toHaveLength(8);
    expect(said(world, '🚩 Flags ramped with the canary')).toHaveLength(3);
  });

  it('are never taken from users who have them: what an earlier release gave to everybody stays so', async () => {
    const world = begin();
    world.flags.set('search', { definition: '{}', share: 100, killed: null });
    world.flags.set('reports', { definition: '{}', share: 30, killed: null });
    await world.play();
    expect(set(world)).toEqual([
      'ramp reports=50',
      'ramp search=100 reports=100',
      'ga search=100 reports=100',
    ]);
    expect(said(world, 'more users have them already')).toEqual([
      expect.stringContaining('`search`, `reports`'),
    ]);
  });

  it('that everybody has stay so when the release is rolled back', async () => {
    const world = begin({ errorRate: (weight) => (weight >= 50 ? 0.3 : 0) });
    world.flags.set('search', { definition: '{}', share: 100, killed: null });
    await world.play();
    expect(world.state.phase).toBe('rolled_back');
    expect(set(world)).toEqual(['ramp reports=10', 'ramp reports=50', 'rollback reports=former']);
    expect(world.flags.get('search')?.share).toBe(100);
  });

  it('are not ramped when the config says so', async () => {
    const world = await begin({
      plan: { config: config({}, { flags: { ...flags, auto_ramp: false } }) },
    }).play();
    expect(set(world)).toEqual(['ga search=100 reports=100']);
  });

  it('go back with a rollback to what they were before the release', async () => {
    const world = await begin({ errorRate: (weight) => (weight >= 50 ? 0.3 : 0) }).play();
    expect(world.state.phase).toBe('rolled_back');
    expect(set(world).at(-1)).toBe('rollback search=former reports=former');
    expect(shares(world)).toEqual([0, null]);
    expect(world.flags.get('reports')).toEqual(custom);
  });

  it('go back by a rollback after GA too', async () => {
    const world = await begin().play(
      ({ state }) => state.phase === 'observing' && state.flags?.operation === null,
    );
    world.say('/rollback orders vanish');
    await world.play();
    expect(world.flags.get('reports')).toEqual(custom);
  });

  it('without a provider are left to people, who are told so', async () => {
    const world = await begin({ plan: {} }).play();
    expect(set(world)).toEqual([]);
    expect(said(world, 'do it by hand')).toHaveLength(1);
  });
});

describe('a share that is still being set', () => {
  it('gives way to the next one', async () => {
    const world = await begin().play(({ state }) => state.flags?.operation?.stage === 'setting');
    world.intercept((event) => event.type === 'effect.settled' && event.key.endsWith('flags-set/1'));
    await world.play();
    expect(set(world)).toEqual([
      'ramp search=10 reports=10',
      'ramp search=50 reports=50',
      'ramp search=100 reports=100',
      'ga search=100 reports=100',
    ]);
    expect(world.state.flags?.former.search?.share).toBe(0);
  });
});

describe('a flip that ends half way', () => {
  it('is undone wholly, and that is said', async () => {
    const world = await begin({
      refuseFlag: (flag, to) =>
        flag === 'reports' && to.kind === 'share' ? 'the provider answered 403' : undefined,
    }).play();
    expect(set(world).slice(0, 2)).toEqual([
      'ramp search=10 reports=10',
      'ramp search=former reports=former',
    ]);
    expect(shares(world)).toEqual([0, null]);
    const [undone = ''] = said(world, 'FLAGS_UNDONE');
    expect(undone).toContain('reports: the provider answered 403');
    expect(undone).toContain('All of them were given back their former state: `search`, `reports`.');
    expect(world.comments.at(-1)).toContain('GA flags flipped: none.');
    expect(world.state.phase).toBe('observing');
  });

  it('calls people when it cannot even be undone', async () => {
    const world = await begin({ refuseFlag: (flag) => (flag === 'reports' ? 'gone' : undefined) }).play();
    expect(said(world, '🚨 **Flags could not be set.**')[0]).toContain('reports: gone');
  });

  it('changes nothing when a flag does not exist', async () => {
    const world = begin();
    world.flags.delete('reports');
    await world.play();
    expect(set(world)).toEqual([]);
    expect(said(world, 'nothing was changed, the flags could not be read')[0]).toContain('FLAG_UNKNOWN');
  });
});

describe('/flags kill', () => {
  it('turns a flag off at once, and neither canary nor GA turns it on again', async () => {
    const world = await begin().play(({ state }) => state.flags?.shares.search === 10);
    world.say('/flags kill search drops results');
    await world.play();
    expect(world.state.phase).toBe('observing');
    expect(world.flags.get('search')).toMatchObject({ share: 0, killed: 'ada: drops results' });
    expect(world.flags.get('reports')?.share).toBe(100);
    expect(said(world, 'FLAG_KILLED')[0]).toContain('`search` (ada: drops results)');
    expect(world.comments.at(-1)).toContain('GA flags flipped: reports.');
  });

  it('interrupts a change under way, whose other flags are changed afterwards', async () => {
    const world = await begin().play(({ state }) => state.flags?.operation?.stage === 'setting');
    world.intercept((event) => event.type === 'effect.settled' && event.key.includes('flags-set/1'));
    world.say('/flags kill search');
    await world.play(({ state }) => state.flags?.shares.reports === 10);
    expect(set(world)).toEqual(['ramp search=10 reports=10', 'kill search=0', 'ramp reports=10']);
  });

  it('is taken back by /flags restore, to what it was', async () => {
    const world = await begin().play(
      ({ state }) => state.phase === 'observing' && state.flags?.operation === null,
    );
    world.say('/flags kill reports');
    await world.play(({ state }) => state.flags?.killed.reports !== undefined);
    world.say('/flags restore reports');
    await world.play();
    expect(world.flags.get('reports')).toMatchObject({ share: 100, killed: null });
    expect(world.state.flags?.killed).toEqual({});
  });

  it('of a rolled back release stays a kill', async () => {
    const world = await begin().play(({ state }) => state.flags?.shares.search === 10);
    world.say('/flags kill search');
    await world.play(({ state }) => state.flags?.killed.search !== undefined);
    world.options = { ...world.options, errorRate: () => 0.3 };
    await world.play();
    expect(world.state.phase).toBe('rolled_back');
    expect(world.flags.get('search')?.killed).not.toBeNull();
    expect(world.flags.get('reports')).toEqual(custom);
  });

  it.each([
    ['/flags kill search', {}, 'FLAGS_NOT_CONFIGURED'],
    ['/flags kill', { plan }, 'MISSING_ARGUMENT'],
    ['/flags dance search', { plan }, 'BAD_ARGUMENT'],
    ['/flags kill search', { plan, role: 'read' }, 'NOT_PERMITTED'],
  ])('%s is refused: %j', async (line, options, code) => {
    const world = await begin({ plan: {}, ...options }).play(({ state }) => state.phase === 'stage_verified');
    world.dropCommands();
    world.say(line);
    await world.play();
    expect(said(world, code)).toHaveLength(1);
    expect(set(world)).toEqual([]);
  });

  it('shows the flags when nothing is asked', async () => {
    const world = await begin().play(({ state }) => state.flags?.shares.search === 10);
    world.dropCommands();
    world.say('/flags', 'eve');
    await world.play(() => false, 60);
    expect(said(world, '| `search` | 10 % of users |')).toHaveLength(1);
  });
});

describe('late, doubled and reordered events', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))('flip nothing twice (seed %i)', async (seed) => {
    const world = begin({ random: seeded(seed), errorRate: (weight) => (weight >= 100 ? 0.3 : 0) });
    await world.play();
    expect(world.state.phase).toBe('rolled_back');
    expect(world.flags.get('reports')).toEqual(custom);
    expect(world.state.flags?.operation).toBeNull();
    expect(new Set(set(world)).size).toBe(set(world).length);
  });
});
