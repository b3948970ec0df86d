import { describe, expect, it } from 'vitest';
import { governanceSchema } from '../../../core/config/governance.ts';
import type { Effect } from '../../../core/flow/effect.ts';
import { nothingAbove } from '../../../core/governance/above.ts';
import { decideGovernance } from '../../../core/governance/decide.ts';
import { desiredSettings } from '../../../core/governance/desired.ts';
import type { GovernanceEvent, Observation } from '../../../core/governance/event.ts';
import { planGovernance } from '../../../core/governance/plan.ts';
import type { Settings } from '../../../core/governance/settings.ts';
import type { GovernanceState } from '../../../core/governance/state.ts';
import fc from '../../support/fast-check.ts';

const ownApp = 'release-conductor';
const minute = 60_000;
const config = (more: object = {}) =>
  governanceSchema.parse({
    rulesets: { main: { required_checks: {} } },
    labels: { x: { color: '000000' } },
    ...more,
  });
const nothing: Settings = { rulesets: [], environments: [], labels: [] };
const wanted = (more: object = {}): Settings => desiredSettings(config(more), ownApp);
const weakened: Settings = {
  ...wanted(),
  rulesets: wanted().rulesets.map((one) => ({ ...one, bypass: [{ actor: 'role:write', mode: 'always' }] })),
};

/** A governance that hears events and tells what it does. */
class Told {
  state: GovernanceState | null = null;
  now = 1_000_000;
  readonly effects: Effect[] = [];
  readonly notes: { readonly action: string; readonly reasonCode: string | null }[] = [];

  tell(event: Parameters<typeof decideGovernance>[1]): readonly Effect[] {
    const decision = decideGovernance(this.state, event, { now: this.now, repository: 'acme/shop' });
    this.state = decision.state;
    const effects = decision.effects.map(({ effect }) => effect);
    this.effects.push(...effects);
    this.notes.push(...decision.audit);
    return effects;
  }

  kinds(event: Parameters<typeof decideGovernance>[1]): readonly string[] {
    return this.tell(event).map(({ kind }) => kind);
  }
}

const touched: GovernanceEvent = {
  type: 'settings.touched',
  what: { text: 'ruleset "main" edited', actor: 'eve' },
};

function observed(
  live: Settings,
  more: Partial<Extract<Observation, { kind: 'read' }>> & { config?: object } = {},
) {
  const plan = planGovernance(config(more.config), live, ownApp);
  const read = {
    kind: 'read',
    configSha256: 'c1',
    mode: 'repair',
    plan,
    settings: live,
    above: nothingAbove,
    merged: [],
  } as const;
  return { type: 'settings.observed', observation: { ...read, ...more } } as const;
}

function planned(live: Settings, configSha256 = 'c1'): GovernanceEvent {
  const plan = planGovernance(config(), live, ownApp);
  return {
    type: 'governance.planned',
    pullRequest: 7,
    headSha: 'abc',
    proposal: { kind: 'plan', configSha256, plan },
  };
}

const merged = [{ number: 12, title: 'Sneak | in', by: 'eve', at: Date.UTC(2026, 0, 2) }];

/** A repository whose config was accepted and whose rules are as wanted. */
function inOrder(): Told {
  const told = new Told();
  told.tell(touched);
  told.tell(observed(wanted()));
  return told;
}

describe('a config that was pushed to the default branch', () => {
  it('is an entry of the audit log with its commit and digest, and leads to a look', () => {
    const config = { sha: 'a'.repeat(40), config_sha256: 'c2' };
    const decision = decideGovernance(
      null,
      { type: 'settings.touched', what: { text: 'pushed', actor: 'mona', config } },
      { now: 0, repository: 'acme/shop' },
    );
    expect(decision.audit).toMatchObject([{ action: 'config.changed', actor: 'mona', data: config }]);
    expect(decision.effects.map(({ effect }) => effect.kind)).toEqual(['observeSettings']);
  });
});

describe('a config that changed while nobody told', () => {
  const a = { sha: 'a'.repeat(40), config_sha256: 'c1' };
  const b = { sha: 'b'.repeat(40), config_sha256: 'c2' };
  const seen = (config: typeof a): GovernanceEvent => ({ ...observed(wanted()), config });
  const pushed = (config: typeof a): GovernanceEvent => ({
    type: 'settings.touched',
    what: { text: 'pushed', actor: 'mona', config },
  });
  const scheduled: GovernanceEvent = { type: 'settings.touched', what: null };
  const changes = ({ notes }: Told) => notes.filter(({ action }) => action === 'config.changed');
  /** Looked at once. */
  const known = (): Told => {
    const told = new Told();
    for (const event of [scheduled, seen(a)]) told.tell(event);
    return told;
  };

  it('is an entry once, by the look that finds it, with its commit', () => {
    const told = known();
    expect(changes(told)).toEqual([]);
    for (const event of [scheduled, seen(b), scheduled, seen({ ...b, sha: 'c'.repeat(40) })])
      told.tell(event);
    expect(changes(told)).toMatchObject([
      { actor: 'release-conductor', data: { ...b, config_sha256_before: 'c1' } },
    ]);
  });

  it('says when it was the part of the organisation', () => {
    const told = known();
    for (const event of [scheduled, seen({ ...a, config_sha256: 'c2' })]) told.tell(event);
    expect(changes(told)).toMatchObject([{ reason: expect.stringContaining("organisation's part") }]);
  });

  it('is not told twice when its webhook comes after the look', () => {
    const told = known();
    for (const event of [scheduled, seen(b), pushed(b)]) told.tell(event);
    expect(changes(told)).toHaveLength(1);
  });

  it('is not told backwards by a look that read before the push, or by a GitHub that is behind', () => {
    const told = known();
    for (const event of [scheduled, pushed(b), seen(a)]) told.tell(event);
    told.now += 5_000;
    for (const event of [seen(a), scheduled, seen(b)]) told.tell(event);
    expect(changes(told)).toMatchObject([{ actor: 'mona', data: b }]);
  });
});

describe('a config in a pull request', () => {
  it('is planned, and the check of the pull request carries the plan', () => {
    const told = new Told();
    expect(told.kinds({ type: 'config.proposed', pullRequest: 7, headSha: 'abc' })).toEqual([
      'planGovernance',
    ]);
    const [carried] = told.tell(planned(nothing));
    expect(carried).toMatchObject({ kind: 'carryPlan', pullRequest: 7, headSha: 'abc', acceptable: true });
    expect((carried as { text: string }).text).toContain('ruleset main');
  });

  it('that is wrong fails the check and nothing is written', () => {
    const told = new Told();
    const proposal = {
      kind: 'wrong',
      problems: ['governance names the team ghosts, which does not exist'],
    } as const;
    const [carried] = told.tell({ type: 'governance.planned', pullRequest: 7, headSha: 'abc', proposal });
    expect(carried).toMatchObject({ kind: 'carryPlan', acceptable: false });
  });

  it('that declares no rules any more says that nobody will keep them', () => {
    const told = inOrder();
    const undeclared = { type: 'governance.planned', pullRequest: 7, headSha: 'abc' } as const;
    const [carried] = told.tell({ ...undeclared, proposal: { kind: 'undeclared' } });
    expect(carried).toMatchObject({
      acceptable: true,
      text: expect.stringContaining('nobody puts it right'),
    });
    expect(new Told().tell({ ...undeclared, proposal: { kind: 'undeclared' } })).toMatchObject([
      { text: '' },
    ]);
  });

  it('whose plan could not be made says why', () => {
    const told = new Told();
    told.tell({ type: 'config.proposed', pullRequest: 7, headSha: 'abc' });
    const [carried] = told.tell({
      type: 'effect.settled',
      key: 'governance/acme%2Fshop/settings#plan/1/7/abc',
      kind: 'planGovernance',
      outcome: { ok: false, code: 'GITHUB_FORBIDDEN', message: 'no access' },
    });
    expect(carried).toMatchObject({ kind: 'carryPlan', pullRequest: 7, headSha: 'abc', acceptable: false });
  });

  it('is carried out when it is merged, exactly as shown', () => {
    const told = new Told();
    told.tell(planned(nothing));
    told.tell(touched);
    const [apply] = told.tell(observed(nothing));
    expect(apply).toMatchObject({
      kind: 'applyGovernance',
      hash: planGovernance(config(), nothing, ownApp).hash,
    });
    const hash = (apply as { hash: string }).hash;
    expect(told.kinds({ type: 'governance.applied', hash, done: ['ruleset main'], problem: null })).toEqual([
      'observeSettings',
    ]);
    expect(told.kinds(observed(wanted()))).toEqual([]);
    expect(told.state).toMatchObject({ accepted: 'c1', shown: [], drift: null, applying: null });
  });

  it('is kept from the moment it was carried out, also before the look that confirms it', () => {
    const told = new Told();
    told.tell(planned(nothing));
    told.tell(touched);
    const [apply] = told.tell(observed(nothing));
    const { hash } = apply as { hash: string };
    told.tell(touched);
    told.tell({ type: 'governance.applied', hash, done: ['ruleset main', 'label x'], problem: null });
    const [repair] = told.tell(observed({ ...wanted(), rulesets: [] }));
    expect(repair).toMatchObject({ kind: 'applyGovernance', changes: [{ name: 'main' }] });
    expect(told.state).toMatchObject({ applying: { why: 'repair' }, drift: null });
  });

  it('is not carried out when the repository changed since it was shown', () => {
    const told = new Told();
    told.tell(planned(nothing));
    told.tell(touched);
    const [issue] = told.tell(observed(weakened));
    expect(issue).toMatchObject({ kind: 'openIssue', body: expect.stringContaining('#7 showed the plan') });
    expect(told.notes.at(-1)).toMatchObject({ reasonCode: 'PLAN_CHANGED' });
  });

  it('is carried out as the newer of two pull requests with the same config shows it', () => {
    const told = new Told();
    told.tell({ ...planned(weakened), pullRequest: 6 } as GovernanceEvent);
    told.tell(planned(nothing));
    told.tell(touched);
    const { hash } = planGovernance(config(), nothing, ownApp);
    expect(told.tell(observed(nothing))).toMatchObject([{ kind: 'applyGovernance', hash }]);
  });

  it('is planned anew for the other pull requests when another one has changed the rules', () => {
    const told = new Told();
    told.tell(planned(nothing));
    told.tell({ ...planned(nothing, 'c2'), pullRequest: 8, headSha: 'def' } as GovernanceEvent);
    told.tell(touched);
    const [apply] = told.tell(observed(nothing));
    const { hash } = apply as { hash: string };
    expect(told.tell({ type: 'governance.applied', hash, done: ['x'], problem: null })).toMatchObject([
      { kind: 'planGovernance', pullRequest: 8, headSha: 'def' },
      { kind: 'observeSettings' },
    ]);
  });

  it('is never followed when no pull request showed its plan, however often it is seen', () => {
    const told = new Told();
    for (let look = 0; look < 3; look++) {
      told.tell(touched);
      told.tell(observed(nothing));
      told.now += 61 * minute;
    }
    const kinds = told.effects.map(({ kind }) => kind);
    expect(kinds).not.toContain('applyGovernance');
    expect(kinds.filter((kind) => kind === 'openIssue')).toHaveLength(1);
  });
});

describe('drift', () => {
  it('is put right, and what was merged in the gap is listed', () => {
    const told = inOrder();
    told.tell(touched);
    const [issue, apply] = told.tell(observed(weakened, { merged }));
    expect(issue).toMatchObject({ kind: 'openIssue', body: expect.stringContaining('#12 Sneak \\| in') });
    expect(apply).toMatchObject({ kind: 'applyGovernance', changes: [{ name: 'main' }] });
  });

  it('is told once where the config says report, told again when it is another, and the issue is closed at the end', () => {
    const told = inOrder();
    const seen = (live: Settings) => {
      told.tell(touched);
      return told.kinds(observed(live, { mode: 'report' }));
    };
    expect(seen(weakened)).toEqual(['openIssue']);
    told.tell({
      type: 'effect.settled',
      key: 'governance/acme%2Fshop/settings#drift/1/issue',
      kind: 'openIssue',
      outcome: { ok: true, value: { number: 31 } },
    });
    expect(seen(weakened)).toEqual([]);
    expect(seen({ ...weakened, labels: [] })).toEqual(['updateIssue']);
    expect(seen(wanted())).toEqual(['updateIssue']);
    expect(told.effects.at(-1)).toEqual({ kind: 'updateIssue', issue: 31, state: 'closed' });
  });

  it('that ends before the issue has a number closes it as soon as it has one', () => {
    const told = inOrder();
    told.tell(touched);
    told.tell(observed(weakened, { mode: 'report' }));
    told.tell(touched);
    told.tell(observed(wanted(), { mode: 'report' }));
    const [closed] = told.tell({
      type: 'effect.settled',
      key: 'governance/acme%2Fshop/settings#drift/1/issue',
      kind: 'openIssue',
      outcome: { ok: true, value: { number: 31 } },
    });
    expect(closed).toEqual({ kind: 'updateIssue', issue: 31, state: 'closed' });
  });

  it('is not fought for ever: after three repairs in an hour people are told', () => {
    const told = inOrder();
    const kinds: string[] = [];
    for (let round = 0; round < 4; round++) {
      told.tell(touched);
      const effects = told.tell(observed(weakened));
      kinds.push(...effects.map(({ kind }) => kind));
      const apply = effects.find(({ kind }) => kind === 'applyGovernance') as { hash: string } | undefined;
      if (apply !== undefined) {
        told.tell({ type: 'governance.applied', hash: apply.hash, done: [], problem: null });
        told.tell(observed(wanted()));
      }
      told.now += minute;
    }
    expect(kinds.filter((kind) => kind === 'applyGovernance')).toHaveLength(3);
    expect(kinds.at(-1)).toBe('openIssue');
  });

  it('above the cap of changes is told and not written', () => {
    const told = inOrder();
    told.tell(touched);
    expect(told.kinds(observed(nothing, { config: { max_changes: 1 } }))).toEqual(['openIssue']);
  });
});

describe('a look', () => {
  it('is taken once at a time, and once more when something happened meanwhile', () => {
    const told = new Told();
    expect(told.kinds(touched)).toEqual(['observeSettings']);
    expect(told.kinds(touched)).toEqual([]);
    expect(told.kinds(observed(wanted()))).toEqual(['observeSettings']);
  });

  it('that found a config that is wrong writes nothing and says so', () => {
    const told = inOrder();
    told.tell(touched);
    const observation = { kind: 'unreadable', problems: ['3:1: rulesets: expected a map'] } as const;
    expect(told.kinds({ type: 'settings.observed', observation })).toEqual(['openIssue']);
  });

  it('that failed is not a look at a repository in order', () => {
    const told = inOrder();
    told.now += 61 * minute;
    told.tell(touched);
    const goodAt = told.state?.goodAt;
    told.tell({
      type: 'effect.settled',
      key: 'governance/acme%2Fshop/settings#look/2',
      kind: 'observeSettings',
      outcome: { ok: false, code: 'GITHUB_UNAVAILABLE', message: 'no answer' },
    });
    expect(told.state?.goodAt).toBe(goodAt);
    expect(told.state?.drift).not.toBeNull();
  });
});

it('writes nothing but what was shown or what the accepted config says, whatever happens in whatever order', () => {
  const events = fc.constantFrom<() => Parameters<typeof decideGovernance>[1]>(
    () => touched,
    () => observed(nothing),
    () => observed(weakened),
    () => observed(wanted()),
    () => observed(weakened, { mode: 'report' }),
    () => observed(weakened, { configSha256: 'c2' }),
    () => ({ type: 'settings.observed', observation: { kind: 'undeclared' } }),
    () => ({ type: 'settings.observed', observation: { kind: 'unreadable', problems: ['x'] } }),
    () => planned(nothing),
    () => planned(weakened, 'c2'),
    () => ({ type: 'governance.applied', hash: 'other', done: [], problem: null }),
  );
  fc.assert(
    fc.property(fc.array(events, { maxLength: 30 }), (list) => {
      const told = new Told();
      for (const make of list) {
        const event = make();
        const before = told.state;
        const effects = told.tell(event);
        told.now += minute;
        for (const effect of effects) {
          if (effect.kind !== 'applyGovernance') continue;
          const read = (event as ReturnType<typeof observed>).observation;
          const shown = before?.shown.find((one) => one.configSha256 === read.configSha256);
          const allowed =
            shown?.plan.changes ?? (before?.accepted === read.configSha256 ? read.plan.changes : []);
          expect(allowed.map((change) => JSON.stringify(change))).toEqual(
            expect.arrayContaining(effect.changes.map((change) => JSON.stringify(change))),
          );
        }
      }
    }),
  );
});

it('a plan with more changes than allowed is told on its pull request, not kept, and not carried out by halves', () => {
  const told = new Told();
  const plan = planGovernance(config({ max_changes: 1 }), nothing, ownApp);
  const [carried] = told.tell({
    type: 'governance.planned',
    pullRequest: 7,
    headSha: 'abc',
    proposal: { kind: 'plan', configSha256: 'c1', plan },
  });
  expect(carried).toMatchObject({ acceptable: false, text: expect.stringContaining('label x') });
  expect(told.state?.shown).toMatchObject([{ pullRequest: 7, plan: { hash: plan.hash, changes: [] } }]);
  // Merged all the same, and somebody made one of the two by hand.
  told.tell(touched);
  const half = { ...nothing, labels: wanted().labels };
  expect(told.kinds(observed(half, { config: { max_changes: 1 } }))).toEqual(['openIssue']);
  expect(told.notes.at(-1)).toMatchObject({ reasonCode: 'PLAN_CHANGED' });
});
