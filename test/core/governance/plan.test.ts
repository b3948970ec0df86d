import { describe, expect, it } from 'vitest';
import { governanceSchema } from '../../../core/config/governance.ts';
import { type Change, standingOf } from '../../../core/governance/compare.ts';
import { desiredSettings } from '../../../core/governance/desired.ts';
import { namesIn, unknownNames } from '../../../core/governance/directory.ts';
import { planGovernance, remainderOf } from '../../../core/governance/plan.ts';
import { renderPlan } from '../../../core/governance/render.ts';
import type { EnvironmentSetting, Settings } from '../../../core/governance/settings.ts';
import fc from '../../support/fast-check.ts';

const config = (more: object = {}) =>
  governanceSchema.parse({
    rulesets: {
      main: {
        bypass: [{ team: 'release-managers' }],
        pull_request: {},
        required_checks: { gates: ['slo', 'policy'] },
      },
    },
    environments: { production: { reviewers: { teams: ['sre'] }, refs: { tags: ['v*'] } } },
    labels: { preview: { color: '1d76db' } },
    ...more,
  });
const nothing: Settings = { rulesets: [], environments: [], labels: [] };
const wanted = (more: object = {}) => desiredSettings(config(more), 'release-conductor');

/** The repository as wanted, after somebody changed its ruleset. */
function drifted(change: (ruleset: Settings['rulesets'][number]) => object): Settings {
  const settings = wanted();
  return { ...settings, rulesets: settings.rulesets.map((one) => ({ ...one, ...change(one) })) };
}

const plan = (live: Settings, more: object = {}) => planGovernance(config(more), live, 'release-conductor');

describe('the governance plan', () => {
  it('pins the gates to the App and makes everything that is missing', () => {
    const { changes } = plan(nothing);
    expect(changes.map(({ kind, name, before }) => [kind, name, before])).toEqual([
      ['ruleset', 'main', null],
      ['environment', 'production', null],
      ['label', 'preview', null],
    ]);
    expect(JSON.stringify(changes)).toContain('{"context":"policy-ci","app":"release-conductor"}');
  });

  it('is empty when the repository is as wanted, in whatever order GitHub lists things', () => {
    const live = drifted(({ rules, bypass }) => ({ rules: rules.toReversed(), bypass: bypass.toReversed() }));
    expect(plan(live).changes).toEqual([]);
    expect(renderPlan(plan(live))).toContain('as the config says');
  });

  it('takes a bypass actor away that nobody declared, deletes or not', () => {
    const live = drifted(({ bypass }) => ({ bypass: [...bypass, { actor: 'role:write', mode: 'always' }] }));
    expect(plan(live).changes).toMatchObject([{ name: 'main', details: ['bypass: − role:write (always)'] }]);
  });

  it('says when a bypass became unconditional', () => {
    const live = drifted(({ bypass }) => ({ bypass: bypass.map((one) => ({ ...one, mode: 'always' })) }));
    expect(plan(live).changes[0]?.details).toEqual([
      'bypass: − team:release-managers (always)',
      'bypass: + team:release-managers (pull_request)',
    ]);
  });

  it('puts a check back that was unpinned', () => {
    const live = JSON.parse(
      JSON.stringify(wanted()).replace(
        '"context":"slo-gates","app":"release-conductor"',
        '"context":"slo-gates","app":null',
      ),
    ) as Settings;
    expect(plan(live).changes).toHaveLength(1);
  });

  it('leaves what is not declared alone, and lists it, unless deletes are asked for', () => {
    const stranger = { ...wanted().rulesets[0], name: 'legacy' } as Settings['rulesets'][number];
    const live = { ...wanted(), rulesets: [...wanted().rulesets, stranger] };
    expect(plan(live)).toMatchObject({ changes: [], kept: ['ruleset legacy'] });
    expect(plan(live, { deletes: true }).changes).toMatchObject([{ name: 'legacy', after: null }]);
  });

  it('keeps rules and parameters that GitHub has beside the declared ones', () => {
    const live = drifted(({ rules }) => ({
      rules: [
        ...rules.map((rule) => ({ ...rule, parameters: { ...rule.parameters, required_reviewers: [] } })),
        { type: 'required_deployments', parameters: {} },
      ],
    }));
    expect(plan(live).changes).toEqual([]);
    expect(plan(live, { deletes: true }).changes).toHaveLength(1);
  });

  it('tells labels by their name in any case', () => {
    const live = { ...wanted(), labels: [{ name: 'Preview', color: '1d76db', description: '' }] };
    expect(plan(live).changes).toMatchObject([{ kind: 'label', before: { name: 'Preview' } }]);
  });

  it('is refused above the cap of changes', () => {
    expect(plan(nothing, { max_changes: 2 }).refused).toMatchObject({
      code: 'TOO_MANY_CHANGES',
      message: expect.stringContaining('3 changes, the config allows 2'),
    });
    expect(renderPlan(plan(nothing, { max_changes: 2 }))).toContain('**Not applied:**');
  });

  it('has the same hash for the same world, and another when either side moves', () => {
    expect(plan(nothing).hash).toBe(plan(nothing).hash);
    const half = { ...nothing, labels: wanted().labels };
    expect(plan(half).hash).not.toBe(plan(nothing).hash);
    expect(plan(nothing, { labels: {} }).hash).not.toBe(plan(nothing).hash);
  });
});

describe('a plan that was shown', () => {
  it('goes on where somebody did a part of it already', () => {
    const half = { ...nothing, labels: wanted().labels };
    expect(remainderOf(plan(nothing), plan(half))?.map(({ kind }) => kind)).toEqual([
      'ruleset',
      'environment',
    ]);
  });

  it('must be shown anew when the world moved another way', () => {
    const other = drifted(() => ({ enforcement: 'disabled' }));
    expect(remainderOf(plan(nothing), plan(other))).toBeNull();
  });
});

describe('names', () => {
  it('are listed by kind and refused when nobody answers to them', () => {
    expect(namesIn(wanted())).toEqual({
      team: ['release-managers', 'sre'],
      user: [],
      app: ['release-conductor'],
    });
    const directory = {
      teams: new Map([['sre', 1]]),
      users: new Map<string, number>(),
      apps: new Map([['release-conductor', 2]]),
    };
    expect(unknownNames(wanted(), directory)).toEqual(['team release-managers']);
  });
});

it('a plan that was carried out leaves nothing to do', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('active', 'evaluate', 'disabled'),
      fc.uniqueArray(fc.constantFrom('creation', 'update', 'deletion', 'force_push'), { maxLength: 4 }),
      fc.boolean(),
      (enforcement, block, deletes) => {
        const asked = config({ deletes, rulesets: { main: { enforcement, block } } });
        const first = planGovernance(
          asked,
          drifted(() => ({})),
          'release-conductor',
        );
        const live: Settings = {
          ...wanted(),
          rulesets: first.changes.flatMap(({ kind, after }) =>
            kind === 'ruleset' && after !== null ? [after as Settings['rulesets'][number]] : [],
          ),
        };
        const after = first.changes.some(({ kind }) => kind === 'ruleset') ? live : drifted(() => ({}));
        expect(
          planGovernance(asked, after, 'release-conductor').changes.filter(({ kind }) => kind === 'ruleset'),
        ).toEqual([]);
      },
    ),
  );
});

it('a plan shows names as text, never as markup or mentions', () => {
  const text = renderPlan(plan(nothing, { labels: { '@all | <!-- x': { color: '000000' } } }));
  expect(text).not.toContain('<!--');
  expect(text).not.toMatch(/@all/);
  expect(text).toContain('\\|');
});

describe('an environment that was left half made', () => {
  const config = governanceSchema.parse({
    codeowners: [],
    environments: { stage: { wait_minutes: 5, refs: { branches: ['main'], tags: ['v*'] } } },
  });
  const none: Settings = { rulesets: [], environments: [], labels: [] };
  const [wanted] = desiredSettings(config, 'conductor').environments;
  const withStage = (change: object): Settings => ({
    ...none,
    environments: [{ ...(wanted as EnvironmentSetting), ...change }],
  });
  const shown = planGovernance(config, none, 'conductor');
  const [change] = shown.changes;

  it.each<[string, object]>([
    ['before its patterns', { refs: [], apps: [] }],
    ['after one pattern', { refs: ['tag:v*'], apps: [] }],
    ['before the Conductor is asked', { apps: [] }],
    ['before anything was set', { waitMinutes: 0, refs: 'all', apps: [] }],
  ])('%s, is made to its end by the plan that was shown', (_when, half) => {
    const live = withStage(half);
    expect(standingOf(change as Change, live)).toBe('before');
    const rest = remainderOf(shown, planGovernance(config, live, 'conductor'));
    expect(rest).toMatchObject([{ kind: 'environment', name: 'stage', after: wanted }]);
  });

  it.each<[string, object]>([
    ['with another pattern', { refs: ['branch:*'], apps: [] }],
    ['with a reviewer', { reviewers: ['user:eve'], apps: [] }],
    ['with another app', { apps: ['stranger'] }],
    ['with another wait', { waitMinutes: 1 }],
  ])('and then changed by somebody, %s, is not', (_what, half) => {
    const live = withStage(half);
    expect(standingOf(change as Change, live)).toBe('moved');
    expect(remainderOf(shown, planGovernance(config, live, 'conductor'))).toBeNull();
  });
});

it('says in words what is made and what changes in a rule', () => {
  const made = plan(nothing);
  const [main] = made.changes;
  expect(main?.details).toEqual(
    expect.arrayContaining([
      'target: branch',
      'include: + ~DEFAULT_BRANCH',
      'rules: + required_status_checks',
      'required_status_checks: + policy-ci of release-conductor',
    ]),
  );
  expect(renderPlan(made)).toMatch(/\+ \| ruleset main \| make it<br>target: branch<br>/);
  const live = JSON.parse(
    JSON.stringify(wanted()).replace(
      '"context":"slo-gates","app":"release-conductor"',
      '"context":"slo-gates","app":null',
    ),
  ) as Settings;
  expect(plan(live).changes[0]?.details).toEqual([
    'required_status_checks: − slo-gates from anybody',
    'required_status_checks: + slo-gates of release-conductor',
  ]);
});

it('is known again whatever is said of it', () => {
  const shown = plan(nothing);
  const reworded = {
    ...shown,
    changes: shown.changes.map((change) => ({ ...change, details: ['otherwise'] })),
  };
  expect(remainderOf(reworded, shown)).toEqual(shown.changes);
  expect(plan(nothing).hash).toBe(shown.hash);
});

it('says the first forty lines of a change, and how many are left out', () => {
  const others = Array.from({ length: 200 }, (_, n) => ({ name: `check ${n}`, app: 'ci' }));
  const [main] = plan(nothing, { rulesets: { main: { required_checks: { gates: [], others } } } }).changes;
  expect(main?.details).toHaveLength(41);
  expect(main?.details.at(-1)).toMatch(/^and \d+ more$/);
});
