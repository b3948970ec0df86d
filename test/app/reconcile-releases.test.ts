import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { type Queue, startQueue } from '../../adapters/pg-boss/index.ts';
import { connect, type Database, migrate, readAggregate } from '../../adapters/postgres/index.ts';
import { coreDecider } from '../../app/decider.ts';
import { effectQueue } from '../../app/flow/apply.ts';
import { apply, type ReconcilePorts, reconcileReleases } from '../../app/jobs/reconcile.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { silentLog } from '../../core/ports/system.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { createTestDatabase } from '../support/postgres.ts';

const ref = { kind: 'release', repository: 'acme/shop', key: 'v1.1.0' } as const;
const sha = 'a'.repeat(40);
const pushedAt = Date.parse('2026-11-21T08:00:00Z');

let database: Database;
let queue: Queue;
let now: number;
let shown: string | null;
let ports: ReconcilePorts;

beforeEach(async () => {
  const { url } = await createTestDatabase();
  database = await connect({ url, log: silentLog });
  await migrate(database);
  queue = await startQueue({ url, queues: [effectQueue], log: silentLog });
  onTestFinished(async () => {
    await queue.close();
    await database.close();
  });
  now = pushedAt;
  const forge = {
    resolveRef: async () => (shown === null ? null : { commit: shown, object: shown }),
  } as unknown as Forge;
  ports = {
    ...{ database, queue, decider: coreDecider, log: silentLog, decided: () => undefined, now: () => now },
    forgeFor: async () => forge,
  };
  const actor = { login: 'alice', type: 'User' } as const;
  await apply([{ ref, event: { type: 'tag.pushed', tag: ref.key, sha, actor } }], ports);
});

/** The phase of the release after it was looked at so many ms after its tag was pushed. */
async function phaseAfter(ms: number): Promise<ReleaseState['phase'] | undefined> {
  now = pushedAt + ms;
  await reconcileReleases(ports);
  return ((await readAggregate(database, ref))?.state as ReleaseState | undefined)?.phase;
}

it('does not take a tag for deleted that GitHub does not show yet', async () => {
  shown = null;
  expect(await phaseAfter(60_000)).toBe('planning');
  expect(await phaseAfter(180_000)).toBe('halted');
});

it('halts a release whose tag has moved at once', async () => {
  shown = 'b'.repeat(40);
  expect(await phaseAfter(1_000)).toBe('halted');
});
