import { createHmac, randomUUID } from 'node:crypto';
import type { Json } from './json.ts';
import { notFound } from './refusal.ts';

/** GitHub gives up on a receiver after ten seconds and never tries again by itself. */
const giveUpAfterMs = 10_000;

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
  readonly payload: Json;
  /** ms since the epoch. */
  readonly at: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** 0: nobody answered; null while the delivery is under way. */
  status: number | null;
  /** Seconds. */
  duration: number;
  responseHeaders: Readonly<Record<string, string>>;
  responseBody: string;
}

export interface Outgoing {
  readonly event: string;
  readonly payload: Json;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
}

/** The App's webhook: signs, sends once, remembers, and sends again only when asked. */
export class Webhooks {
  readonly #secret: string;
  readonly #hookId: number;
  readonly #appId: number;
  readonly #all: Delivery[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #url: string | null = null;
  #lastId = 0;

  constructor(options: { readonly secret: string; readonly hookId: number; readonly appId: number }) {
    this.#secret = options.secret;
    this.#hookId = options.hookId;
    this.#appId = options.appId;
  }

  get url(): string | null {
    return this.#url;
  }

  set url(url: string | null) {
    this.#url = url;
  }

  /** Starts a delivery and returns at once. Without an address it is recorded as not answered, as GitHub does. */
  send(outgoing: Outgoing): Delivery {
    return this.#start(outgoing, randomUUID(), false);
  }

  /** Sends a delivery again under the same GUID. */
  redeliver(id: number): Delivery {
    const { event, payload, installationId, repositoryId, guid } = this.delivery(id);
    return this.#start({ event, payload, installationId, repositoryId }, guid, true);
  }

  delivery(id: number): Delivery {
    const delivery = this.#all.find((candidate) => candidate.id === id);
    if (delivery === undefined) throw notFound();
    return delivery;
  }

  deliveries(): readonly Delivery[] {
    return this.#all;
  }

  /** Waits until no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  #start(outgoing: Outgoing, guid: string, redelivery: boolean): Delivery {
    const body = JSON.stringify(outgoing.payload);
    const action = outgoing.payload.action;
    this.#lastId += 1;
    const delivery: Delivery = {
      ...outgoing,
      id: this.#lastId,
      guid,
      action: typeof action === 'string' ? action : null,
      redelivery,
      at: Date.now(),
      requestHeaders: {
        accept: '*/*',
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/sandbox',
        'x-github-delivery': guid,
        'x-github-event': outgoing.event,
        'x-github-hook-id': String(this.#hookId),
        'x-github-hook-installation-target-id': String(this.#appId),
        'x-github-hook-installation-target-type': 'integration',
        'x-hub-signature-256': `sha256=${createHmac('sha256', this.#secret).update(body).digest('hex')}`,
      },
      status: null,
      duration: 0,
      responseHeaders: {},
      responseBody: '',
    };
    this.#all.push(delivery);
    const sending = this.#post(delivery, body).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
    return delivery;
  }

  async #post(delivery: Delivery, body: string): Promise<void> {
    const started = performance.now();
    try {
      if (this.#url === null) throw new Error('the App has no webhook address');
      const response = await fetch(this.#url, {
        method: 'POST',
        // A connection of its own: a receiver that closes an idle one at the same moment would lose the delivery.
        headers: { ...delivery.requestHeaders, connection: 'close' },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(giveUpAfterMs)]),
      });
      delivery.responseHeaders = Object.fromEntries(response.headers);
      delivery.responseBody = (await response.text()).slice(0, 10_000);
      delivery.status = response.status;
    } catch {
      delivery.status = 0;
    }
    delivery.duration = Math.round(performance.now() - started) / 1000;
  }
}
