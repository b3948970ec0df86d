import {
  claimDelivery,
  type Database,
  failDelivery,
  finishDelivery,
  keepNames,
  loseInstallation,
  readDelivery,
  removeRepository,
  type StoredDelivery,
  seeRepository,
} from '../../adapters/postgres/index.ts';
import type { Log } from '../../core/ports/system.ts';
import { silentTracing } from '../../core/ports/tracing.ts';
import type { Interpretation } from '../events/event-handler.ts';
import type { Identity } from '../identity.ts';
import { type ApplyPorts, applyEvents } from './apply.ts';
import { inboxQueue } from './inbox-writer.ts';
import { withWhatIsKnown } from './known-of-commits.ts';
import { planRetry } from './retry.ts';
import { tenantOf } from './tenant.ts';

export interface InboxPorts extends ApplyPorts {
  readonly database: Database;
  /** Payload → domain events. May ask GitHub; changes nothing. */
  readonly interpret: (delivery: StoredDelivery) => Promise<Interpretation>;
  /** Who is who when names change; absent: none does. */
  readonly identity?: Identity;
  readonly now: () => number;
  readonly log: Log;
  readonly processed: (event: string, outcome: string, seconds: number) => void;
}

/**
 * Processes one stored delivery: interpret, decide, and commit everything that follows together with the mark
 * "done". Killed anywhere, it starts again from the stored delivery and nothing happens twice.
 */
export async function processDelivery(guid: string, ports: InboxPorts): Promise<void> {
  await ports.database.exclusively(`delivery/${guid}`, async () => {
    const delivery = await readDelivery(ports.database, guid);
    if (delivery === null) return;
    const { event, repository, trace } = delivery;
    const fields = { delivery: guid, tenant: tenantOf(repository), repository: repository ?? undefined };
    const { span } = ports.tracing ?? silentTracing;
    await span(`delivery ${event}`, { parent: trace, fields }, async () => {
      try {
        await process(delivery, ports);
      } catch (error) {
        await recordFailure(delivery, error, ports);
      }
    });
  });
}

async function process(delivery: StoredDelivery, ports: InboxPorts): Promise<void> {
  const found = await ports.interpret(await underTodaysName(delivery, ports));
  await adopt(found, ports);
  await ports.database.transaction(async (tx) => {
    if ((await claimDelivery(tx, delivery.guid)) === null) return;
    const now = ports.now();
    const named = [...(found.installed ?? []), ...(found.removed ?? [])];
    await keepNames(
      tx,
      named.map(({ repository }) => repository),
    );
    for (const { repository, installationId } of found.installed ?? []) {
      await seeRepository(tx, repository, installationId, now);
    }
    if (found.lost !== undefined) await loseInstallation(tx, found.lost, now);
    for (const removed of found.removed ?? []) await removeRepository(tx, removed, now);
    await applyEvents(
      tx,
      await withWhatIsKnown(tx, found.events, { ended: found.ended ?? [], now }),
      ports,
      now,
    );
    await finishDelivery(tx, delivery.guid, found.outcome, now);
  });
  ports.processed(delivery.event, found.outcome, (ports.now() - delivery.receivedAt) / 1_000);
}

/** A webhook names its repository as it was called then, and perhaps was sent long ago. */
async function underTodaysName(delivery: StoredDelivery, { identity }: InboxPorts): Promise<StoredDelivery> {
  const { repository, repositoryId: id, installationId } = delivery;
  if (identity === undefined || repository === null || id == null || installationId === null) return delivery;
  return { ...delivery, repository: await identity.settle({ id, repository, installationId }) };
}

/** The App came to these: who they are is settled, and what waited for it is done. */
async function adopt({ installed = [] }: Interpretation, { identity }: InboxPorts): Promise<void> {
  for (const { id, ...told } of installed) {
    if (id !== undefined) await identity?.settle({ ...told, id });
  }
}

async function recordFailure(delivery: StoredDelivery, error: unknown, ports: InboxPorts): Promise<void> {
  const { guid, event } = delivery;
  const plan = planRetry(error, delivery.attempts + 1, ports.now());
  ports.log.warn(
    { delivery: guid, event, repository: delivery.repository, reason: plan.reason, again: plan.retry },
    'A delivery could not be processed',
  );
  await ports.database.transaction(async (tx) => {
    await failDelivery(tx, guid, plan.reason, !plan.retry, ports.now());
    if (plan.retry)
      await ports.queue.send(tx, inboxQueue, [{ key: guid, data: { guid }, notBefore: plan.at }]);
  });
  if (!plan.retry) ports.processed(event, `dead: ${plan.code}`, (ports.now() - delivery.receivedAt) / 1_000);
}
