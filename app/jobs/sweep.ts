import { z } from 'zod';
import { type Database, type Delivery, knownDeliveries } from '../../adapters/postgres/index.ts';
import { describeDelivery } from '../events/describe.ts';
import { isWanted, ownedEvents } from '../events/registry.ts';
import type { GithubAccess } from '../github.ts';

/** GitHub keeps deliveries for three days. */
const keptMs = 3 * 86_400_000;
const maxPages = 30;

const listedSchema = z.object({
  id: z.union([z.int(), z.string()]),
  guid: z.string(),
  delivered_at: z.string(),
  event: z.string(),
  status_code: z.int(),
});
const deliverySchema = z.object({ request: z.object({ payload: z.record(z.string(), z.unknown()) }) });

export interface SweepPorts {
  readonly github: GithubAccess;
  readonly database: Database;
  readonly store: (delivery: Delivery) => Promise<'stored' | 'duplicate'>;
  readonly now: () => number;
}

/**
 * Fetches deliveries that were never acknowledged. GitHub does not send a delivery twice by itself: what came
 * while the app was down is asked for here. Returns how many were stored.
 *
 * @param since ms since the epoch; older deliveries are not looked at.
 */
export async function sweepDeliveries(ports: SweepPorts, since: number): Promise<number> {
  const octokit = await ports.github.asApp();
  const oldest = Math.max(since, ports.now() - keptMs);
  let found = 0;
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await octokit.request('GET /app/hook/deliveries', {
      per_page: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const listed = listedSchema.array().parse(answer.data);
    const recent = listed.filter((delivery) => Date.parse(delivery.delivered_at) >= oldest);
    found += await fetchMissing(recent, ports);
    cursor = /[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"/.exec(String(answer.headers.link ?? ''))?.[1];
    if (cursor === undefined || recent.length < listed.length) break;
  }
  return found;
}

function isAcknowledged(status: number): boolean {
  return status >= 200 && status < 300;
}

async function fetchMissing(
  listed: readonly z.infer<typeof listedSchema>[],
  ports: SweepPorts,
): Promise<number> {
  const owned = listed.filter(
    ({ event, status_code: status }) => ownedEvents.has(event) && !isAcknowledged(status),
  );
  const known = await knownDeliveries(
    ports.database,
    owned.map(({ guid }) => guid),
  );
  const octokit = await ports.github.asApp();
  let found = 0;
  for (const { id, guid, event } of owned.filter((delivery) => !known.has(delivery.guid))) {
    const { data } = await octokit.request('GET /app/hook/deliveries/{delivery_id}', { delivery_id: id });
    const { payload } = deliverySchema.parse(data).request;
    if (!isWanted(event, payload)) continue;
    const delivery = describeDelivery(guid, event, payload, JSON.stringify(payload), ports.now());
    if ((await ports.store(delivery)) === 'stored') found += 1;
  }
  return found;
}
