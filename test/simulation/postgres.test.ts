import { expect, it, onTestFinished } from 'vitest';
import {
  aggregatesOfCommit,
  appendAudit,
  claimDelivery,
  connect,
  type Database,
  failDelivery,
  findAudit,
  finishDelivery,
  installationOf,
  installedRepositories,
  knownDeliveries,
  latestGateResults,
  listAggregates,
  lockAggregate,
  migrate,
  openDeliveries,
  openNeighbours,
  pendingEffects,
  planEffects,
  postponeEffect,
  readAggregate,
  readAudit,
  readBacklog,
  readDelivery,
  readPendingEffect,
  releaseOfIssue,
  removeRepository,
  saveAggregate,
  seeRepository,
  settledEffects,
  settleEffect,
  storeDeliveries,
  storeGateResult,
  useToken,
  waitingEffects,
} from '../../adapters/postgres/index.ts';
import type { GateReport } from '../../core/flow/event.ts';
import { silentLog } from '../../core/ports/system.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { simulatedDatabase } from './postgres/client.ts';
import { PostgresServer } from './postgres/server.ts';
import { Scheduler } from './scheduler.ts';

const start = Date.UTC(2026, 0, 1);
const release = { kind: 'release', repository: 'acme/shop', key: 'v1' } as const;
const other = { ...release, key: 'v2' };
const change = { kind: 'change', repository: 'acme/shop', key: 'pr/7' } as const;

const delivery = (guid: string, businessKey: string | null, issue: number | null = null) => ({
  guid,
  event: 'issue_comment',
  repository: 'acme/shop',
  installationId: 7,
  businessKey,
  issue,
  payload: `{"of": "${guid}"}`,
  receivedAt: start,
});
const report = (runId: number, verdict: 'pass' | 'fail', event = 'push'): GateReport => ({
  gate: 'slo',
  resultSha256: `${runId}`.padStart(64, '0'),
  origin: { via: 'oidc', runId, runAttempt: 1, event, receivedAt: start + runId },
  result: {
    schema_version: 1,
    gate: 'slo',
    verdict,
    subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'main' },
    summary: '',
    findings: [],
    measurements: {},
    evidence: [],
    inputs: { config_sha256: 'c'.repeat(64) },
    started_at: '2026-01-01T00:00:00Z',
    finished_at: '2026-01-01T00:00:00Z',
    tool: { name: 'test', version: '1' },
  },
});

/** What the store answers to a little of everything that the app asks of it. */
async function conversation(database: Database): Promise<unknown[]> {
  const answers: unknown[] = [];
  const note = async (answer: Promise<unknown>): Promise<void> => {
    const value = await answer;
    answers.push(value instanceof Set ? [...value].sort() : value);
  };
  const effect = { kind: 'startTimer', timer: 't' } as const;
  const said = { action: 'said', actor: 'alice', reason: 'r', reasonCode: null, data: {} };
  await database.transaction((tx) =>
    appendAudit(tx, 'acme/shop', release, [said, { ...said, action: 'done' }], start),
  );
  for (const filter of [{}, { action: 'said' }, { after: 1 }, { limit: 1 }, { key: 'other' }]) {
    await note(findAudit(database, { repository: 'acme/shop', ...filter }));
  }
  await note(readAudit(database, 'acme/shop', release));
  await database.transaction(async (tx) => {
    await note(lockAggregate(tx, release));
    await saveAggregate(tx, release, { sha: 'a', trackingIssue: 3, occupies: true } as never, false, start);
    await saveAggregate(
      tx,
      release,
      {
        sha: 'b',
        trackingIssue: 3,
        way: '@production',
        phase: 'gating',
        startedAt: start,
        occupies: true,
      } as never,
      false,
      start + 1,
    );
    await saveAggregate(
      tx,
      change,
      { sha: 'b', long: 1, a: { zz: 1, b: [1, { c: 2, a: 1 }] } } as never,
      true,
      start,
    );
    await note(openNeighbours(tx, other));
    await note(openNeighbours(tx, release));
    const lanes = ['x', 'y', 'x'].map((lane, n) => ({
      id: `e/${n}`,
      effect,
      lane,
      notBefore: start + n * 1_000,
    }));
    await note(planEffects(tx, release, lanes, start));
    await note(planEffects(tx, release, lanes, start));
    await note(storeGateResult(tx, report(2, 'pass'), []));
    await note(storeGateResult(tx, report(2, 'pass'), []));
    await note(storeGateResult(tx, report(9, 'fail'), []));
    await note(storeGateResult(tx, report(11, 'pass', 'deployment'), []));
    for (const sha of ['r1', 'r1', 'r2'])
      await note(useToken(tx, { jti: 'j', expiresAt: start }, sha, start));
    await note(storeDeliveries(tx, [delivery('g1', 'k1', 3), delivery('g2', null, 7), delivery('g3', 'k1')]));
  });
  await note(
    database
      .transaction(async (tx) => {
        await storeDeliveries(tx, [delivery('undone', null)]);
        throw new Error('no');
      })
      .catch((error: Error) => error.message),
  );
  for (const guid of ['g1', 'g2', 'undone']) await note(readDelivery(database, guid));
  await database.transaction(async (tx) => {
    await note(claimDelivery(tx, 'g1'));
    await failDelivery(tx, 'g2', 'wrong', true, start);
    await finishDelivery(tx, 'g1', 'done', start);
    await note(claimDelivery(tx, 'g1'));
    await note(settleEffect(tx, 'release/acme%2Fshop/v1#e/0', { ok: true, value: {} }, start));
    await note(settleEffect(tx, 'release/acme%2Fshop/v1#e/0', { ok: true, value: {} }, start));
    await postponeEffect(tx, 'release/acme%2Fshop/v1#e/2', 'later', start + 60_000);
  });
  await note(openDeliveries(database, start));
  await note(knownDeliveries(database, ['g1', 'g3', 'g9']));
  await note(waitingEffects(database, 'x'));
  await note(pendingEffects(database, start + 60_000));
  await note(readPendingEffect(database, 'release/acme%2Fshop/v1#e/1'));
  await note(settledEffects(database, release, 'startTimer'));
  await note(readAggregate(database, change));
  await note(listAggregates(database, { repository: 'acme/shop', open: true }));
  await note(listAggregates(database, { kind: 'change', sha: 'b', limit: 1 }));
  await note(aggregatesOfCommit(database, 'acme/shop', 'b'));
  await note(releaseOfIssue(database, 'acme/shop', 3));
  await note(latestGateResults(database, 'acme/shop', 'a'.repeat(40)));
  // A preview's look stands beside that of the push.
  const ofChange = await latestGateResults(database, 'acme/shop', 'a'.repeat(40), true);
  expect(ofChange.map(({ result }) => result.verdict)).toEqual(['fail', 'pass']);
  await seeRepository(database, 'acme/shop', 7, start);
  await seeRepository(database, 'acme/shop', 8, start);
  await note(installationOf(database, 'acme/shop'));
  await note(installedRepositories(database));
  await removeRepository(database, { repository: 'acme/shop' }, start);
  await note(installationOf(database, 'acme/shop'));
  await note(readBacklog(database));
  return answers;
}

it('the simulated Postgres answers the store as the real one does', async () => {
  const { url } = await createTestDatabase();
  const real = await connect({ url, log: silentLog });
  onTestFinished(() => real.close());
  await migrate(real);

  const scheduler = new Scheduler(1, start);
  const process = { id: 'test', generation: 0, alive: true, frozenUntil: 0, withoutLocksUntil: 0, skew: 0 };
  const simulated = conversation(simulatedDatabase(new PostgresServer(scheduler), scheduler, process));
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  simulated.then(over, over);
  await scheduler.run(() => isOver);

  // Through JSON: the order of members counts too, and a column that is not there is no column.
  expect(JSON.stringify(await simulated, null, 1)).toBe(JSON.stringify(await conversation(real), null, 1));
});
