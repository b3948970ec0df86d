import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Queue, startQueue } from '../../adapters/pg-boss/index.ts';
import { connect, type Database, migrate, type PendingEffect } from '../../adapters/postgres/index.ts';
import { effectQueue, sendEffects } from '../../app/flow/apply.ts';
import type { Decider, DomainEvent } from '../../app/flow/decide.ts';
import { inboxQueue } from '../../app/flow/inbox-writer.ts';
import { type OutboxPorts, type Performed, performEffect } from '../../app/flow/outbox.ts';
import { ProviderError } from '../../core/errors.ts';
import type { Effect, PlannedEffect } from '../../core/flow/effect.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import { effectKey } from '../../core/flow/key.ts';
import { silentLog } from '../../core/ports/system.ts';
import { atTestEnd, createTestDatabase } from '../support/postgres.ts';

const release: AggregateRef = { kind: 'release', repository: 'acme/shop', key: 'v1' };

/** Remembers what it was told, decides nothing. */
class Listener implements Decider {
  readonly heard: DomainEvent[] = [];
  decide(_ref: AggregateRef, _state: unknown, event: DomainEvent): ReturnType<Decider['decide']> {
    this.heard.push(event);
    return { state: {}, effects: [], audit: [] };
  }
  isClosed(): boolean {
    return false;
  }
  /** Outcomes as `id: ok` or `id: code`. */
  outcomes(): string[] {
    return this.heard.flatMap((event) => {
      if (event.type !== 'effect.settled') return [event.type];
      return [`${event.key.split('#')[1]}: ${event.outcome.ok ? 'ok' : event.outcome.code}`];
    });
  }
}

let database: Database;
let queue: Queue;
let listener: Listener;
let performed: string[];
let clock: number;
let perform: (pending: PendingEffect) => Promise<Performed>;

beforeEach(async () => {
  const { url } = await createTestDatabase(atTestEnd, 'schema');
  database = await connect({ url, log: silentLog });
  await migrate(database);
  queue = await startQueue({ url, queues: [inboxQueue, effectQueue], log: silentLog });
  onTestFinished(async () => {
    await queue.close();
    await database.close();
  });
  listener = new Listener();
  performed = [];
  clock = Date.now();
  perform = async ({ key }) => {
    performed.push(key.split('#')[1] ?? '');
    return { settled: {} };
  };
});

function ports(): OutboxPorts {
  return {
    database,
    queue,
    decider: listener,
    decided: () => undefined,
    perform: (pending) => perform(pending),
    now: () => clock,
    log: silentLog,
    performed: () => undefined,
  };
}

const plan = (...effects: PlannedEffect[]): Promise<void> =>
  database.transaction((tx) => sendEffects(tx, release, effects, queue, clock));
const run = (id: string): Promise<void> => performEffect(effectKey(release, id), ports());
const check = (id: string, status: 'queued' | 'completed'): PlannedEffect => ({
  id,
  effect: {
    kind: 'publishCheck',
    sha: 'a'.repeat(40),
    name: 'slo-gates',
    status,
    conclusion: null,
    title: '',
    summary: '',
    annotations: [],
  },
});
const deployment = (id: string, task: 'promote' | 'rollback'): PlannedEffect => ({
  id,
  effect: {
    kind: 'createDeployment',
    sha: 'a'.repeat(40),
    environment: 'production',
    task,
    description: '',
    payload: { schema_version: 1, release: 'v1', version: 'v1', step: 1, weight: 10 },
  } satisfies Effect,
});
const comment = (id: string): PlannedEffect => ({ id, effect: { kind: 'postComment', issue: 1, body: id } });
const down = new ProviderError('DOWN', 'down', 'wait', { retryable: true });

describe('effects', () => {
  it('of a kind that only a newer version knows are left to it', async () => {
    const unknown = { id: 'later/1', effect: { kind: 'inventedLater' } as unknown as Effect };
    await database.transaction(async (tx) => {
      await sendEffects(tx, release, [comment('known/1')], queue, clock);
      await tx.query(
        `insert into effects (key, kind, repository, aggregate_kind, aggregate_key, lane, effect, not_before, created_at)
         select $1, 'inventedLater', repository, aggregate_kind, aggregate_key, 'later', $2, not_before, created_at
         from effects`,
        [effectKey(release, unknown.id), JSON.stringify(unknown.effect)],
      );
    });
    await run('later/1');
    expect(listener.outcomes()).toEqual([]);
    const left = await database.query<{ state: string; attempts: number }>(
      `select state, attempts from effects where kind = 'inventedLater'`,
    );
    expect(left.rows).toEqual([{ state: 'pending', attempts: 0 }]);
  });

  it('are performed once, however many jobs ask for them', async () => {
    await plan(comment('c/1'));
    await Promise.all([run('c/1'), run('c/1'), run('c/1')]);
    await run('c/1');
    expect(performed).toEqual(['c/1']);
    expect(listener.outcomes()).toEqual(['c/1: ok']);
  });

  it('of one check are written newest only, and all count as done', async () => {
    await plan(check('k/1', 'queued'), check('k/2', 'completed'));
    await run('k/1');
    expect(performed).toEqual(['k/2']);
    expect(listener.outcomes()).toEqual(['k/1: ok', 'k/2: ok']);
  });

  it('let a rollback replace the promotion that GitHub could not take yet', async () => {
    perform = async () => {
      throw down;
    };
    await plan(deployment('deploy/1', 'promote'));
    await run('deploy/1');
    perform = async ({ key }) => {
      performed.push(key.split('#')[1] ?? '');
      return { settled: {} };
    };
    await plan(deployment('deploy/2', 'rollback'));
    clock += 60_000;
    await run('deploy/2');
    await run('deploy/1');
    expect(performed).toEqual(['deploy/2']);
    expect(listener.outcomes()).toEqual(['deploy/1: SUPERSEDED', 'deploy/2: ok']);
  });

  it('let a rollback replace a promotion that is not to be tried again before it', async () => {
    const answer = perform;
    perform = async () => {
      throw down;
    };
    await plan(deployment('deploy/1', 'promote'));
    for (let failed = 0; failed < 3; failed += 1) {
      await run('deploy/1');
      clock += 2_000;
    }
    perform = answer;
    await plan(deployment('deploy/2', 'rollback'));
    await run('deploy/2');
    clock += 60_000;
    await run('deploy/1');
    expect(performed).toEqual(['deploy/2']);
    expect(listener.outcomes()).toEqual(['deploy/1: SUPERSEDED', 'deploy/2: ok']);
  });

  it.each([
    ['a comment', comment('c/1'), comment('c/2'), ['c/1', 'c/2']],
    ['what a check said before', check('k/1', 'queued'), check('k/2', 'completed'), ['k/2']],
  ])(
    'never write %s behind what was decided later, however late it is tried again',
    async (_what, ...given) => {
      const [older, newer, expected] = given;
      const answer = perform;
      perform = async () => {
        throw down;
      };
      await plan(older);
      await run(older.id);
      await run(older.id);
      perform = answer;
      await plan(newer);
      await run(newer.id);
      clock += 60_000;
      await run(older.id);
      await run(newer.id);
      expect(performed).toEqual(expected);
    },
  );

  it('in one thread keep their order: what failed for now holds up what follows', async () => {
    await plan(comment('c/1'), comment('c/2'));
    const answer = perform;
    perform = async () => {
      throw down;
    };
    await run('c/2');
    expect(listener.outcomes()).toEqual([]);
    perform = answer;
    clock += 60_000;
    await run('c/2');
    expect(performed).toEqual(['c/1', 'c/2']);
  });

  it('wait for their time', async () => {
    await plan({ id: 'timer/x', effect: { kind: 'startTimer', timer: 'x' }, notBefore: clock + 10_000 });
    await run('timer/x');
    expect(performed).toEqual([]);
    clock += 10_000;
    await run('timer/x');
    expect(performed).toEqual(['timer/x']);
  });

  it('whose job comes too early come again within seconds, and not at once', async () => {
    const sent: number[] = [];
    const send: Queue['send'] = async (_tx, _queue, jobs) => {
      sent.push(...jobs.map(({ notBefore = 0 }) => notBefore - clock));
    };
    const timer = (id: string, notBefore: number): PlannedEffect => {
      return { id, effect: { kind: 'startTimer', timer: id }, notBefore };
    };
    await plan(timer('far', clock + 600_000), timer('near', clock + 5));
    for (const id of ['far', 'near']) {
      await performEffect(effectKey(release, id), { ...ports(), queue: { ...queue, send } });
    }
    expect(sent).toEqual([10_000, 1_000]);
  });

  it('answer with the event that their kind names', async () => {
    perform = async () => ({ event: { type: 'timer.fired', timer: 'x' } });
    await plan({ id: 'timer/x', effect: { kind: 'startTimer', timer: 'x' } });
    await run('timer/x');
    expect(listener.heard).toEqual([{ type: 'timer.fired', timer: 'x' }]);
  });

  it('that end in failure are told with code and message, once', async () => {
    perform = async () => {
      throw new ProviderError('REFUSED', 'never', 'no', { retryable: false });
    };
    await plan(comment('c/1'));
    await run('c/1');
    await run('c/1');
    expect(listener.outcomes()).toEqual(['c/1: REFUSED']);
  });
});
