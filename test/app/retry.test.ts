import { describe, expect, it } from 'vitest';
import { patienceFor, planRetry } from '../../app/flow/retry.ts';
import {
  ConfigError,
  ConflictError,
  PermissionError,
  ProviderError,
  VerificationError,
} from '../../core/errors.ts';

const now = 1_000_000;
const provider = (retryable: boolean, retryAt?: number): ProviderError =>
  new ProviderError('DOWN', 'down', 'wait', { retryable, retryAt });

describe('a failed attempt', () => {
  it('waits twice as long each time, five minutes at most', () => {
    const waits = [1, 2, 3, 4, 20].map((attempts) => {
      const plan = planRetry(provider(true), attempts, now);
      return plan.retry ? plan.at - now : null;
    });
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 300_000]);
  });

  it('waits as long as the provider asks for', () => {
    expect(planRetry(provider(true, now + 60_000), 1, now)).toMatchObject({ retry: true, at: now + 60_000 });
  });

  it.each([
    ['a provider that refuses for good', provider(false), 1],
    ['a provider that stayed away for days', provider(true), 900],
    ['a missing permission', new PermissionError('NO', 'no', 'ask'), 1],
    ['a broken config', new ConfigError('BAD', 'bad', 'mend'), 1],
    ['evidence that is not what it claims', new VerificationError('TAMPERED', 'no', 'no'), 1],
    ['a conflict that does not go away', new ConflictError('MOVED', 'moved', 'read'), 5],
    ['a defect of ours', new TypeError('x is undefined'), 5],
  ])('ends for %s', (_name, error, attempts) => {
    expect(planRetry(error, attempts, now).retry).toBe(false);
  });

  it.each([
    ['a provider', provider(true)],
    ['a full disk of the database', Object.assign(new Error('no space'), { code: '53100' })],
    ['a full disk', Object.assign(new Error('no space'), { code: 'ENOSPC' })],
    ['a database that went away', new Error('Connection terminated unexpectedly')],
  ])('outlasts an outage of a day: %s', (_name, error) => {
    let at = now;
    for (let attempts = 1; at < now + 86_400_000; attempts += 1) {
      const plan = planRetry(error, attempts, at);
      if (!plan.retry) throw new Error(`given up after ${(at - now) / 3_600_000} h`);
      at = plan.at;
    }
  });

  it.each([
    ['rollback', 10_000],
    ['promote', 300_000],
  ] as const)('of a %s is made good at least every %d ms', (task, longest) => {
    const payload = { schema_version: 1, release: 'v1', version: 'v1', step: 1, weight: 10 } as const;
    const order = { kind: 'createDeployment', sha: 'a', environment: 'production', description: '' } as const;
    const plan = planRetry(provider(true), 700, now, patienceFor({ ...order, task, payload }));
    expect(plan).toMatchObject({ retry: true, at: now + longest });
  });

  it('tries a defect a few times before it ends, under a code of its own', () => {
    expect(planRetry(new TypeError('x'), 1, now).retry).toBe(true);
    expect(planRetry(new TypeError('x'), 5, now)).toMatchObject({ code: 'INTERNAL' });
  });
});
