import { describe, expect, it } from 'vitest';
import { createDeployment } from '../../app/effects/deploy.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import type { Effect } from '../../core/flow/effect.ts';
import type { ActualTraffic } from '../../core/release/actual-traffic.ts';
import { shaA, shaB } from '../core/support/facts.ts';

interface Story {
  readonly task?: 'promote' | 'rollback';
  /** Where the tag points to now. */
  readonly tagAt?: string | null;
  /** What the pipeline carried out last in production. */
  readonly actual?: ActualTraffic | null;
}

const confirmed = { environment: 'production', githubId: 7, version: 'v1.1.0', weight: 10 };

/** Asks the pipeline for 50 % of v1.1.0, which has 10 %; what it was asked for, or the code of the refusal. */
async function order({ task = 'promote', tagAt = shaA, actual = null }: Story): Promise<string> {
  const effect = {
    kind: 'createDeployment',
    sha: shaA,
    environment: 'production',
    task,
    description: 'v1.1.0 to 50 %',
    payload: { schema_version: 1, release: 'v1.1.0', version: 'v1.1.0', step: 2, weight: 50 },
    standing: [confirmed],
  } as const satisfies Effect;
  const forge = {
    resolveRef: async () => (tagAt === null ? null : { commit: tagAt }),
    deployer: { actual: async () => actual, order: async () => ({ id: 8 }) },
  };
  const context = { forge, key: 'acme/shop#v1.1.0/deploy/2' } as unknown as EffectContext;
  return createDeployment(effect, context).then(
    () => 'ordered',
    (error: { code: string }) => error.code,
  );
}

describe('an order to the pipeline', () => {
  it.each<[string, Story, string]>([
    ['is given', {}, 'ordered'],
    ['is not given for a tag that names another commit by now', { tagAt: shaB }, 'HEAD_MOVED'],
    ['is not given for a tag that is gone', { tagAt: null }, 'HEAD_MOVED'],
    ['is given all the same when it takes the version back', { task: 'rollback', tagAt: null }, 'ordered'],
    [
      'is given where the traffic is as confirmed',
      { actual: { deploymentId: 7, version: 'v1.1.0', weight: 10 } },
      'ordered',
    ],
    [
      'is given where somebody did again what was confirmed',
      { actual: { deploymentId: 9, version: 'v1.1.0', weight: 10 } },
      'ordered',
    ],
    [
      'is given again where an attempt before has carried it out',
      { actual: { deploymentId: 8, version: 'v1.1.0', weight: 50 } },
      'ordered',
    ],
    [
      'is not misled by an older list',
      { actual: { deploymentId: 5, version: 'v1.0.0', weight: 100 } },
      'ordered',
    ],
    [
      'is not given after a dead-man switch',
      { actual: { deploymentId: 9, version: 'v1.0.0', weight: 100 } },
      'TRAFFIC_DIFFERS',
    ],
    [
      'is not given from traffic that a person moved',
      { actual: { deploymentId: 9, version: 'v1.1.0', weight: 30 } },
      'TRAFFIC_DIFFERS',
    ],
    [
      'takes the version back whatever was moved',
      { task: 'rollback', actual: { deploymentId: 9, version: 'v1.1.0', weight: 30 } },
      'ordered',
    ],
  ])('%s', async (_what, story, expected) => {
    expect(await order(story)).toBe(expected);
  });
});
