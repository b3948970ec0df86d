import { describe, expect, it } from 'vitest';
import { plantedBugs } from './bugs/index.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan-of.ts';
import { runPlan } from './run.ts';
import { shrinkPlan } from './shrink.ts';
import { tellPlan } from './summary.ts';

describe('the Conductor in a world that goes wrong', () => {
  it('keeps every promise after every step, for 25 seeds', async () => {
    const broken: string[] = [];
    for (let seed = 0; seed < 25; seed += 1) {
      const { violation } = await runPlan(planOf(seed));
      if (violation !== null) broken.push(`seed ${seed}, ${violation.invariant}: ${violation.message}`);
    }
    expect(broken).toEqual([]);
  });

  it('recovers a webhook that was dropped just before GitHub was down for longer than a fixed look-back', async () => {
    expect((await runPlan(planOf(1561))).violation).toBeNull();
  });

  it('plays one seed the same way twice, step by step', async () => {
    const first = await runPlan(planOf(3));
    const second = await runPlan(planOf(3));
    expect(second.trace).toBe(first.trace);
    expect(second.steps).toBe(first.steps);
    expect((await runPlan(planOf(4))).trace).not.toBe(first.trace);
  });

  it('brings a good version to all of the traffic when nothing goes wrong', async () => {
    const plan = {
      ...planOf(0),
      quality: { errorRate: 0.002, from: 0 },
      faults: [],
      acts: planOf(0).acts.slice(0, 1),
    };
    const { releases, violation } = await runPlan(plan);
    expect(violation).toBeNull();
    expect(releases).toMatchObject([{ tag: 'v1.1.0', phase: 'observing', weight: 100 }]);
  });

  it('takes a bad version back', async () => {
    const plan = { ...planOf(0), quality: { errorRate: 0.3, from: 0 }, faults: [] };
    const { releases } = await runPlan(plan);
    expect(releases[0]).toMatchObject({
      tag: 'v1.1.0',
      phase: 'rolled_back',
      hold: { code: 'CANARY_BREACH' },
    });
  });
});

describe('what the simulation found', () => {
  it('a failed rollback can be ordered again although somebody held the release meanwhile', async () => {
    const { violation } = await runPlan({
      ...planOf(351),
      quality: { errorRate: 0.3, from: 0 },
      faults: [{ kind: 'pipeline', at: 66_223, mood: 'fails' }],
      acts: [
        { act: 'tag', at: 13_861, tag: 'v1.1.0' },
        { act: 'comment', at: 200_850, by: 'mia', tag: 'v1.1.0', text: '/hold wait' },
      ],
    });
    expect(violation).toBeNull();
  });
});

describe('what the simulation found more', () => {
  it.each([
    [
      'a release that has gone back is not published when GitHub lets us publish at last',
      { ...planOf(1329), quality: { errorRate: 0.002, from: 0 } },
      [
        {
          kind: 'secondary limit without retry-after',
          at: 0,
          label: 'github GET /releases/{release_id}/assets',
          skip: 2,
        },
      ],
      [
        { act: 'comment', at: 968, after: 'finishing', by: 'mia', tag: 'v1.1.0', text: '/rollback it hurts' },
        { act: 'tag', at: 13_179, tag: 'v1.1.0' },
      ],
    ],
    [
      'a release that is held while it is published goes on when the hold ends',
      planOf(314),
      [],
      [
        { act: 'tag', at: 24_554, tag: 'v1.1.0' },
        { act: 'comment', at: 1_663, after: 'finishing', by: 'mia', tag: 'v1.1.0', text: '/hold wait' },
      ],
    ],
    [
      'a tag that comes while another release becomes GA goes back to that one',
      planOf(87),
      [],
      [
        { act: 'tag', at: 6_461, tag: 'v1.1.0' },
        { act: 'tag', at: 1_315, after: 'finishing', tag: 'v1.2.0' },
      ],
    ],
    [
      'a rollback is not overtaken by the promotion that GitHub could not take before it',
      planOf(810),
      [{ kind: 'github down', at: 130_066, for: 180_000 }],
      [
        { act: 'tag', at: 22_911, tag: 'v1.1.0' },
        { act: 'comment', at: 315_966, by: 'alice', tag: 'v1.1.0', text: '/rollback it hurts' },
      ],
    ],
    [
      'a command is answered although the answer to opening its issue was lost',
      { ...planOf(467), advance: 'auto', quality: { errorRate: 0.002, from: 0 } },
      [
        { kind: 'github down', at: 53_933, for: 900_000 },
        { kind: 'timed out after', at: 113_724, label: 'github POST /issues*', skip: 6 },
      ],
      [
        { act: 'tag', at: 14_608, tag: 'v1.1.0' },
        { act: 'comment', at: 84_338, by: 'mia', tag: 'v1.1.0', text: '/help' },
        { act: 'tag', at: 167_420, tag: 'v1.2.0' },
        { act: 'comment', at: 708_002, by: 'mia', tag: 'v1.1.0', text: '/help' },
      ],
    ],
    [
      'a release that a stalled call published while it was held is done, with the evidence it has',
      { ...planOf(1703), advance: 'auto', quality: { errorRate: 0.002, from: 0 } },
      [{ kind: 'zombie', at: 156_536, label: 'github PATCH /releases*', skip: 0 }],
      [
        { act: 'comment', at: 2_871, after: 'finishing', by: 'mia', tag: 'v1.1.0', text: '/hold wait' },
        { act: 'tag', at: 7_371, tag: 'v1.1.0' },
      ],
    ],
  ] as [string, Plan, Plan['faults'], Plan['acts']][])('%s', async (_name, plan, faults, acts) => {
    expect((await runPlan({ ...plan, faults, acts })).violation).toBeNull();
  });
});

describe('a planted bug', () => {
  it('that lets an overtaken reading count is found where somebody pushes again and again', async () => {
    const decorate = plantedBugs.find(({ name }) => name === 'overtaken-reading-counts')?.plant;
    if (decorate === undefined) throw new Error('there is no such bug');
    const acts = [5, 6].flatMap((number) =>
      Array.from({ length: 12 }, (_, n) => {
        const what = n === 0 ? 'opened' : 'synchronize';
        return { act: 'pull', number, at: 20_000 + n * 700, what } as const;
      }),
    );
    const found: string[] = [];
    for (let seed = 1; seed <= 10 && found.length === 0; seed += 1) {
      const plan = { ...planOf(seed), faults: [], acts };
      expect((await runPlan(plan)).violation).toBeNull();
      const { violation } = await runPlan(plan, { decorate });
      if (violation !== null) found.push(violation.invariant);
    }
    expect(found).toEqual(['headsNeverGoBack']);
  });

  const quick = [
    'breach-only-noted',
    'judge-overruled',
    'step-skipped',
    'audit-entry-forgotten',
    'two-releases-at-once',
    'commit-not-locked',
  ];

  it.each(quick)('%s is found within a few seeds', async (name) => {
    expect(await firstFailure(name, 40)).not.toBeNull();
  });

  it('leaves a history that can be made smaller', async () => {
    const found = await firstFailure('breach-only-noted', 40);
    const decorate = plantedBugs.find(({ name }) => name === 'breach-only-noted')?.plant;
    if (found === null || decorate === undefined) throw new Error('not found');
    const fails = async (plan: ReturnType<typeof planOf>): Promise<boolean> =>
      (await runPlan(plan, { decorate })).violation?.invariant === found.invariant;
    const shrunk = await shrinkPlan(planOf(found.seed), fails);
    expect(shrunk.faults).toEqual([]);
    expect(shrunk.acts.length).toBeLessThanOrEqual(2);
  });
});

async function firstFailure(
  name: string,
  seeds: number,
): Promise<{ seed: number; invariant: string } | null> {
  const decorate = plantedBugs.find((bug) => bug.name === name)?.plant;
  if (decorate === undefined) throw new Error(`no bug is called ${name}`);
  for (let seed = 0; seed < seeds; seed += 1) {
    const { violation } = await runPlan(planOf(seed), { decorate });
    if (violation !== null) return { seed, invariant: violation.invariant };
  }
  return null;
}

describe('what is told of a history', () => {
  it('is a line for each thing that somebody does or that goes wrong, in order', () => {
    const plan: Plan = {
      ...planOf(0),
      replicas: 2,
      advance: 'manual',
      quality: { errorRate: 0.25, from: 120_000 },
      faults: [{ kind: 'github down', at: 90_000, for: 20_000 }],
      acts: [
        { act: 'comment', at: 2_500, after: 'soaking', by: 'mia', tag: 'v1.1.0', text: '/hold wait' },
        { act: 'tag', at: 21_225, tag: 'v1.1.0' },
      ],
    };
    expect(tellPlan(plan)).toEqual([
      '  2 replicas, promotion by hand, a later tag waits, 25.0 % errors of the new version from 02:00.000 on',
      '  00:02.500 after soaking: act comment, by mia, tag v1.1.0, text /hold wait',
      '  00:21.225: act tag, tag v1.1.0',
      '  01:30.000: kind github down, for 20000',
    ]);
  });
});
