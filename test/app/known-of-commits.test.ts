import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Queue, startQueue } from '../../adapters/pg-boss/index.ts';
import {
  connect,
  type Database,
  forgetRuns,
  migrate,
  readAggregate,
  type Transaction,
} from '../../adapters/postgres/index.ts';
import { type BelievePorts, believe } from '../../app/evidence/believe.ts';
import { reportOf } from '../../app/evidence/intake.ts';
import { applyEvents, effectQueue } from '../../app/flow/apply.ts';
import type { Decider, Routed } from '../../app/flow/decide.ts';
import { withWhatIsKnown } from '../../app/flow/known-of-commits.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { silentLog } from '../../core/ports/system.ts';
import { createTestDatabase } from '../support/postgres.ts';

const sha = 'a'.repeat(40);
const now = Date.parse('2026-11-21T08:00:00Z');
const change = { kind: 'change', repository: 'acme/shop', key: 'pr/1' } as const;
const head: Routed = {
  ref: change,
  event: {
    type: 'change.updated',
    pullRequest: 1,
    headSha: sha,
    headRef: 'feature',
    baseRef: 'main',
    baseSha: 'b'.repeat(40),
    author: 'alice',
    fork: false,
  },
};
const report = reportOf(
  {
    schema_version: 1,
    gate: 'slo',
    verdict: 'pass',
    subject: { repository: 'acme/shop', sha, ref: 'refs/heads/feature' },
    summary: '',
    findings: [],
    measurements: {},
    evidence: [],
    inputs: { config_sha256: 'c'.repeat(64) },
    started_at: '2026-11-21T08:00:00Z',
    finished_at: '2026-11-21T08:00:00Z',
    tool: { name: 'test', version: '1' },
  } satisfies GateResult,
  { via: 'oidc', runId: 1, runAttempt: 1, receivedAt: now },
);

/** Remembers in the state what it was told. */
const listener: Decider = {
  decide: (_ref, state, { type }) => {
    const { heard: before } = (state ?? { heard: [] }) as { heard: readonly string[] };
    const heard = [...before, type];
    return { state: { sha, heard }, effects: [], audit: [] };
  },
  isClosed: () => false,
};

let database: Database;
let queue: Queue;
let ports: BelievePorts;
let waiting: () => Promise<boolean>;

beforeEach(async () => {
  const { url, query } = await createTestDatabase();
  database = await connect({ url, log: silentLog });
  await migrate(database);
  queue = await startQueue({ url, queues: [effectQueue], log: silentLog });
  onTestFinished(async () => {
    await queue.close();
    await database.close();
  });
  const blobs = { keep: async () => undefined } as unknown as BelievePorts['blobs'];
  ports = { database, queue, decider: listener, decided: () => undefined, now: () => now, blobs };
  waiting = async () =>
    (
      await query(
        `select 1 from pg_locks join pg_database on oid = database
          where datname = current_database() and locktype = 'advisory' and not granted`,
      )
    ).length > 0;
});

/** Until the other transaction is through, or waits for this one. */
async function met(other: Promise<unknown>): Promise<void> {
  let through = false;
  const ended = (): void => {
    through = true;
  };
  other.then(ended, ended);
  while (!through && !(await waiting())) await new Promise(setImmediate);
}

const openChange = (opened: Database): Promise<void> =>
  opened.transaction(async (tx) => applyEvents(tx, await withWhatIsKnown(tx, [head]), ports, now));

async function heard(): Promise<unknown> {
  const stored = await readAggregate(database, change);
  return (stored?.state as { heard: string[] } | undefined)?.heard;
}

it('tells a change of a result that is stored while the change becomes known', async () => {
  let told: Promise<void> = Promise.resolve();
  await database.transaction(async (tx) => {
    const routed = await withWhatIsKnown(tx, [head]);
    told = believe(report, [], ports);
    await met(told);
    await applyEvents(tx, routed, ports, now);
  });
  await told;
  expect(await heard()).toEqual(['change.updated', 'gate.reported']);
});

it('tells a change that becomes known while a result is stored of the result', async () => {
  let opened: Promise<void> = Promise.resolve();
  const slow: Database = {
    ...database,
    transaction: (work) =>
      database.transaction(async (tx) => {
        const result = await work(tx);
        opened = openChange(database);
        await met(opened);
        return result;
      }),
  };
  await believe(report, [], { ...ports, database: slow });
  await opened;
  expect(await heard()).toEqual(['change.updated', 'gate.reported']);
});

it('tells it once, whichever came first', async () => {
  await believe(report, [], ports);
  await openChange(database);
  await believe(report, [], ports);
  expect(await heard()).toEqual(['change.updated', 'gate.reported']);
});

describe('a run that ends', () => {
  const ended = { repository: 'acme/shop', sha, runId: 7, attempt: 1 };
  const endRun = (tx: Transaction): Promise<readonly Routed[]> =>
    withWhatIsKnown(tx, [], { ended: [ended], now });

  it('is told to a change that becomes known after it', async () => {
    await database.transaction(endRun);
    await openChange(database);
    expect(await heard()).toEqual(['change.updated', 'run.completed']);
  });

  it('is told to a change that becomes known meanwhile', async () => {
    let opened: Promise<void> = Promise.resolve();
    await database.transaction(async (tx) => {
      const routed = await endRun(tx);
      opened = openChange(database);
      await met(opened);
      await applyEvents(tx, routed, ports, now);
    });
    await opened;
    expect(await heard()).toEqual(['change.updated', 'run.completed']);
  });

  it('is told to a change that is becoming known while it ends', async () => {
    let told: Promise<void> = Promise.resolve();
    await database.transaction(async (tx) => {
      const routed = await withWhatIsKnown(tx, [head]);
      told = database.transaction(async (other) => applyEvents(other, await endRun(other), ports, now));
      await met(told);
      await applyEvents(tx, routed, ports, now);
    });
    await told;
    expect(await heard()).toEqual(['change.updated', 'run.completed']);
  });

  it('is forgotten when nobody came for it', async () => {
    await database.transaction(endRun);
    await forgetRuns(database, now + 1);
    await openChange(database);
    expect(await heard()).toEqual(['change.updated']);
  });
});
