import type { Queue } from '../../adapters/pg-boss/index.ts';
import { type Database, type Delivery, storeDeliveries } from '../../adapters/postgres/index.ts';

export const inboxQueue = 'inbox';

type Stored = 'stored' | 'duplicate';

interface Waiting {
  readonly delivery: Delivery;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: unknown) => void;
}

const batchSize = 200;
const batchBytes = 16 * 1_048_576;

/**
 * Stores deliveries with their jobs. What arrives while one commit is on its way to the disk shares the next
 * commit: a burst of webhooks costs a few syncs instead of one each.
 */
export class InboxWriter {
  readonly #database: Database;
  readonly #queue: Queue;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(database: Database, queue: Queue) {
    this.#database = database;
    this.#queue = queue;
  }

  /** Resolves when the delivery is durable: `duplicate` when it was so before. */
  async store(delivery: Delivery): Promise<Stored> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ delivery, resolve, reject });
      if (!this.#writing) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) await this.#write(this.#nextBatch());
    this.#writing = false;
  }

  #nextBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { delivery } of this.#waiting) {
      bytes += delivery.payload.length;
      if (count === batchSize || (count > 0 && bytes > batchBytes)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  /** A batch that fails is stored one by one, so that one bad delivery does not take the others with it. */
  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      const stored = new Set(await this.#commit(batch.map(({ delivery }) => delivery)));
      for (const { delivery, resolve } of batch)
        resolve(stored.delete(delivery.guid) ? 'stored' : 'duplicate');
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const waiting of batch) await this.#write([waiting]);
    }
  }

  #commit(deliveries: readonly Delivery[]): Promise<ReadonlySet<string>> {
    return this.#database.transaction(async (tx) => {
      const stored = await storeDeliveries(tx, deliveries);
      const jobs = [...stored].map((guid) => ({ key: guid, data: { guid } }));
      await this.#queue.send(tx, inboxQueue, jobs);
      return stored;
    });
  }
}
