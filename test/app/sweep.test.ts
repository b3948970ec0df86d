import { describe, expect, it } from 'vitest';
import type { Database, Delivery } from '../../adapters/postgres/index.ts';
import type { GithubAccess } from '../../app/github.ts';
import { deliverySweep } from '../../app/jobs/sweep.ts';
import { silentLog } from '../../core/ports/system.ts';

const hour = 3_600_000;
const start = Date.parse('2026-01-02T00:00:00Z');

interface Logged {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly at: number;
  readonly status: number;
}

/** GitHub's log of deliveries, our store, and a clock that each request moves on. */
class World {
  now = start;
  readonly log: Logged[] = [];
  readonly stored = new Map<string, Delivery>();
  readonly asked: string[] = [];
  /** Requests until GitHub's limit is reached, and its answer then. */
  allowed = Number.POSITIVE_INFINITY;
  /** Deliveries that GitHub lists and does not give. */
  readonly gone = new Set<number>();
  mark = 0;
  sweep = deliverySweep();

  add(at: number, event = 'pull_request', action: string | null = 'opened', status = 502): string {
    const id = this.log.length + 1;
    const guid = `guid-${id}`;
    this.log.push({ id, guid, event, action, at, status });
    return guid;
  }

  pass(): Promise<number> {
    return this.sweep({
      github: { asApp: async () => ({ request: this.#request }) } as unknown as GithubAccess,
      database: { query: this.#query } as unknown as Database,
      store: async (delivery) => {
        if (this.stored.has(delivery.guid)) return 'duplicate';
        this.stored.set(delivery.guid, delivery);
        return 'stored';
      },
      log: silentLog,
      now: () => this.now,
    });
  }

  /** A pass a minute, until everything is found. */
  async passes(most: number): Promise<number> {
    for (let n = 1; n <= most; n += 1) {
      const before = this.now;
      await this.pass().catch(() => undefined);
      if (this.mark >= (this.log.at(-1)?.at ?? 0)) return n;
      this.now = Math.max(this.now, before + 60_000);
    }
    throw new Error(`not everything was looked at in ${most} passes`);
  }

  readonly #request = async (route: string, { cursor, delivery_id: id }: Record<string, unknown> = {}) => {
    this.now += 150;
    this.asked.push(route);
    if (this.allowed <= 0) throw Object.assign(new Error('API rate limit exceeded'), { status: 403 });
    this.allowed -= 1;
    if (route.endsWith('{delivery_id}')) {
      const one = this.log.find((delivery) => delivery.id === id);
      if (one === undefined || this.gone.has(one.id))
        throw Object.assign(new Error('Not Found'), { status: 404 });
      return { data: { request: { payload: { action: one.action } } }, headers: {} };
    }
    const end = cursor === undefined ? this.log.length : Number(cursor) - 1;
    const page = this.log.slice(Math.max(0, end - 100), end).toReversed();
    const last = page.at(-1)?.id ?? 1;
    return {
      data: page.map(({ at, status, ...rest }) => ({
        ...rest,
        status_code: status,
        delivered_at: new Date(at).toISOString(),
      })),
      headers:
        last > 1 ? { link: `<https://api.github.test/app/hook/deliveries?cursor=${last}>; rel="next"` } : {},
    };
  };

  readonly #query = async (sql: string, values: readonly unknown[]) => {
    if (sql.startsWith('select guid')) {
      const guids = values[0] as readonly string[];
      return { rows: guids.filter((guid) => this.stored.has(guid)).map((guid) => ({ guid })) };
    }
    if (sql.startsWith('select until'))
      return { rows: this.mark === 0 ? [] : [{ until: new Date(this.mark) }] };
    this.mark = Math.max(this.mark, (values[1] as Date).getTime());
    return { rows: [] };
  };
}

/** A day without the Conductor: 20,000 deliveries, of which one of eight means something to it. */
function afterADay(): { readonly world: World; readonly missed: readonly string[] } {
  const world = new World();
  const missed: string[] = [];
  for (let n = 0; n < 20_000; n += 1) {
    const at = start - 24 * hour + n * 4_320;
    if (n % 8 === 0) missed.push(world.add(at));
    else world.add(at, 'check_run', 'completed');
  }
  return { world, missed };
}

describe('looking for lost deliveries', () => {
  it('finds everything of a day of 20,000, pass by pass, the newest first', async () => {
    const { world, missed } = afterADay();
    await world.pass();
    expect(world.stored.has(missed.at(-1) ?? '')).toBe(true);
    expect(world.stored.size).toBeLessThan(missed.length);
    await world.passes(30);
    expect([...world.stored.keys()].toSorted()).toEqual(missed.toSorted());
    expect(world.asked.filter((route) => route.endsWith('{delivery_id}'))).toHaveLength(missed.length);
  });

  it('finds what is lost meanwhile within the next pass', async () => {
    const { world } = afterADay();
    await world.pass();
    const fresh = world.add(world.now);
    await world.pass();
    expect(world.stored.has(fresh)).toBe(true);
  });

  it('goes on where GitHub’s limit stopped it, and asks for no page of the past twice', async () => {
    const { world, missed } = afterADay();
    for (let hours = 0; hours < 6 && world.mark === 0; hours += 1) {
      world.allowed = 600;
      await world.passes(60).catch(() => undefined);
    }
    expect(world.stored.size).toBe(missed.length);
    const pages = world.asked.length - missed.length;
    expect(pages).toBeLessThan(200 + 6 * 60 * 3);
  });

  it('looks back from where another process had looked at everything', async () => {
    const { world } = afterADay();
    await world.passes(30);
    const asked = world.asked.length;
    world.sweep = deliverySweep();
    const lost = world.add(world.now);
    await world.pass();
    expect(world.stored.has(lost)).toBe(true);
    expect(world.asked.length - asked).toBeLessThan(10);
  });

  it('leaves out what GitHub lists and cannot give, and finds the others', async () => {
    const world = new World();
    const guids = [0, 1, 2].map((n) => world.add(start - n));
    world.gone.add(2);
    await world.pass();
    expect([...world.stored.keys()].toSorted()).toEqual([guids[0], guids[2]]);
    expect(world.mark).toBe(start);
  });

  it('marks nothing as looked at while GitHub does not answer', async () => {
    const world = new World();
    world.add(start);
    world.allowed = 0;
    await expect(world.pass()).rejects.toThrow('rate limit');
    expect(world.mark).toBe(0);
  });

  it('leaves alone what was acknowledged, what is known, and what means nothing', async () => {
    const world = new World();
    world.add(start, 'pull_request', 'opened', 202);
    world.add(start, 'check_run', 'created');
    world.add(start, 'star', 'created');
    await world.pass();
    expect(world.asked).toEqual(['GET /app/hook/deliveries']);
  });
});
