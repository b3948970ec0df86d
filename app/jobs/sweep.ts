import { z } from 'zod';
import {
  type Database,
  type Delivery,
  knownDeliveries,
  markSwept,
  sweptUntil,
} from '../../adapters/postgres/index.ts';
import type { Log } from '../../core/ports/system.ts';
import { describeDelivery } from '../events/describe.ts';
import { isWanted, mayBeWanted } from '../events/registry.ts';
import type { GithubAccess } from '../github.ts';

const minute = 60_000;
/** GitHub keeps deliveries for three days. */
const keptMs = 3 * 86_400_000;
/** GitHub lists a delivery some time after it was made. */
const overlap = 5 * minute;
/** What is left after this, ms, waits for the next pass, so that what is new is found first. */
const longestPass = 40_000;

const listedSchema = z.object({
  id: z.union([z.int(), z.string()]),
  guid: z.string(),
  delivered_at: z.string(),
  event: z.string(),
  action: z.string().nullish(),
  status_code: z.int(),
});
type Listed = z.infer<typeof listedSchema>;
const deliverySchema = z.object({ request: z.object({ payload: z.record(z.string(), z.unknown()) }) });

export interface SweepPorts {
  readonly github: GithubAccess;
  readonly database: Database;
  readonly store: (delivery: Delivery) => Promise<'stored' | 'duplicate'>;
  readonly log: Log;
  readonly now: () => number;
}

/** A part of GitHub's list, newest first, that is still to be looked at. */
interface Stretch {
  /** Where it begins; absent: with the newest delivery of all. */
  readonly cursor?: string;
  /** Where it ends, ms since the epoch by GitHub's clock. */
  readonly until: number;
}

interface Page {
  /** When its newest delivery was made; 0: it has none. */
  readonly newest: number;
  /** Null: the stretch ends here. */
  readonly rest: Stretch | null;
  readonly found: number;
}

/**
 * Fetches deliveries that were never acknowledged: GitHub does not send one twice by itself. The function that is given
 * makes one pass and returns how many were stored. Each pass begins with what is new, back to where the last one began,
 * and then goes on with what earlier passes had no time for, or were refused: after a long outage that takes many passes.
 * How far everything was looked at is stored, so that a new process need not look at three days again.
 */
export function deliverySweep(): (ports: SweepPorts) => Promise<number> {
  let looked: number | null = null;
  let left: readonly Stretch[] = [];
  return async (ports) => {
    const end = ports.now() + longestPass;
    looked ??= await sweptUntil(ports.database);
    const first = await lookAt({ until: looked - overlap }, ports);
    looked = Math.max(looked, first.newest);
    left = first.rest === null ? left : [first.rest, ...left];
    let { found } = first;
    for (let [next, ...others] = left; next !== undefined && ports.now() < end; [next, ...others] = left) {
      const page = await lookAt(next, ports);
      left = page.rest === null ? others : [page.rest, ...others];
      found += page.found;
    }
    if (left.length === 0) await markSwept(ports.database, looked);
    else ports.log.info({ found }, 'Deliveries that were missed are still looked for');
    return found;
  };
}

async function lookAt({ cursor, until }: Stretch, ports: SweepPorts): Promise<Page> {
  const octokit = await ports.github.asApp();
  const answer = await octokit.request('GET /app/hook/deliveries', {
    per_page: 100,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const listed = listedSchema.array().parse(answer.data);
  const oldest = Math.max(until, ports.now() - keptMs);
  const recent = listed.filter((delivery) => timeOf(delivery) >= oldest);
  const next = /[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"/.exec(String(answer.headers.link ?? ''))?.[1];
  return {
    newest: Math.max(0, ...listed.map(timeOf)),
    rest: next === undefined || recent.length < listed.length ? null : { cursor: next, until },
    found: await fetchMissing(recent, ports),
  };
}

function timeOf({ delivered_at: at }: Listed): number {
  return Date.parse(at);
}

function isAcknowledged({ status_code: status }: Listed): boolean {
  return status >= 200 && status < 300;
}

async function fetchMissing(listed: readonly Listed[], ports: SweepPorts): Promise<number> {
  const missing = listed.filter(
    (delivery) => !isAcknowledged(delivery) && mayBeWanted(delivery.event, delivery.action ?? null),
  );
  const known = await knownDeliveries(
    ports.database,
    missing.map(({ guid }) => guid),
  );
  let found = 0;
  for (const delivery of missing.filter(({ guid }) => !known.has(guid))) {
    if (await fetchOne(delivery, ports)) found += 1;
  }
  return found;
}

/** Whether it was new and is stored. One that GitHub cannot give any more keeps nobody from the others. */
async function fetchOne({ id, guid, event }: Listed, ports: SweepPorts): Promise<boolean> {
  const octokit = await ports.github.asApp();
  const data = await octokit
    .request('GET /app/hook/deliveries/{delivery_id}', { delivery_id: id })
    .then((answer) => answer.data)
    .catch((error: unknown) => {
      if ((error as { readonly status?: unknown }).status !== 404) throw error;
      return null;
    });
  const read = deliverySchema.safeParse(data);
  if (!read.success) {
    ports.log.warn({ delivery: guid, event }, 'GitHub does not give a delivery that was missed');
    return false;
  }
  const { payload } = read.data.request;
  if (!isWanted(event, payload)) return false;
  const delivery = describeDelivery(guid, event, payload, JSON.stringify(payload), ports.now());
  return (await ports.store(delivery)) === 'stored';
}
