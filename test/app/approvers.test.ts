import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { regoPolicyEngine } from '../../adapters/policy/rego-engine.ts';
import { assessCommand } from '../../app/effects/assess-command.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import type { Effect } from '../../core/flow/effect.ts';
import { factsFor } from '../../core/release/assess.ts';
import { unknownRelease } from '../../core/release/state.ts';
import { config, planFacts, shaA } from '../core/support/facts.ts';

const text = '/approve';
const digest = createHash('sha256').update(text).digest('hex');
const approval = {
  login: 'mia',
  at: 1,
  sha: shaA,
  weight: 10,
  commentId: 7,
  bodySha256: digest,
  url: 'https://github.com/acme/shop/issues/1#issuecomment-7',
};

interface Mia {
  readonly role?: string;
  readonly fails?: boolean;
  readonly teams?: readonly string[];
  readonly permissions?: object;
}

/** Logins whose approval still counts when `/promote 10` is looked at again. */
async function counting({
  role = 'maintain',
  fails = false,
  teams = [],
  permissions = {},
}: Mia): Promise<string[]> {
  const release = config({}, { permissions }) as ReleaseConfig;
  const state = {
    ...unknownRelease,
    tag: 'v1.1.0',
    sha: shaA,
    phase: 'stage_verified' as const,
    startedBy: 'ada',
    plan: planFacts({ config: release }),
  };
  const command = { name: 'promote', weight: 10, sha: shaA } as const;
  const access = { reason: '', stepUp: null, approvals: [approval] };
  const effect = {
    kind: 'assessCommand',
    command,
    actor: { login: 'alice', type: 'User' },
    source: { commentId: 1, issue: 1, isPullRequest: false, url: '', bodySha256: '' },
    round: 1,
    facts: factsFor(state, command, 0, access),
  } as const satisfies Effect;
  const forge = {
    resolveRef: async () => ({ commit: shaA }),
    readRole: async (login: string) => {
      if (login === 'mia' && fails) throw new Error('GitHub answers 502');
      return login === 'mia' ? role : 'admin';
    },
    isActiveTeamMember: async (team: string) => teams.includes(team),
    readComment: async () => ({ body: text, author: 'mia', createdAt: 1, updatedAt: 1 }),
    deployer: { foreign: async () => [] },
    filesAt: () => ({ list: async () => [], read: async () => null }),
  };
  const context = {
    forge,
    database: { query: async () => ({ rows: [] }) },
    aggregate: { kind: 'release', repository: 'acme/shop', key: 'v1.1.0' },
    blobs: { put: async () => ({}) },
    policy: regoPolicyEngine(),
    now: () => 2,
  } as unknown as EffectContext;
  const performed = await assessCommand(effect, context);
  if (!('event' in performed) || performed.event.type !== 'command.assessed')
    throw new Error('no assessment');
  return performed.event.assessment.input.access.approvals.map(({ login }) => login);
}

describe('an approval at the moment when it would count', () => {
  it.each<[string, Mia, string[]]>([
    ['counts while its author may approve', {}, ['mia']],
    ['is void when its author has lost the role', { role: 'read' }, []],
    ['is void when GitHub does not say who its author is', { fails: true }, []],
    [
      'is void when its author has left the team of approvers',
      { role: 'maintain', permissions: { approve: { roles: [], teams: ['@acme/approvers'] } } },
      [],
    ],
    [
      'counts for somebody who may approve and not promote',
      {
        role: 'read',
        teams: ['acme/approvers', '@acme/approvers', 'approvers'],
        permissions: { approve: { roles: [], teams: ['@acme/approvers'] } },
      },
      ['mia'],
    ],
  ])('%s', async (_what, mia, expected) => {
    expect(await counting(mia)).toEqual(expected);
  });
});
