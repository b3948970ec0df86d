import type { Cluster } from './cluster.ts';
import type { FaultInjector } from './faults.ts';
import type { SentDelivery, Wire } from './github/hub.ts';
import type { Fault } from './plan.ts';
import type { Scheduler } from './scheduler.ts';

type WebhookFault = Extract<Fault, { kind: 'webhook' }>;

/** What a lost webhook would have told is read from the API by then, ms. */
const untilReread = 90_000;
/** GitHub gives up on an answer after this, ms. */
const patience = 10_000;

/** Carries webhooks from GitHub to the App: late, twice, never, in any order, and sometimes from somebody else. */
export class Carrier {
  /** Deliveries that the App answered with a 2xx after it had stored them. */
  readonly acknowledged = new Set<string>();
  /** Until when a webhook may be missing, virtual time. */
  unreliableUntil = 0;
  readonly #scheduler: Scheduler;
  readonly #cluster: Cluster;
  readonly #faults: FaultInjector;
  readonly #planned: WebhookFault[];
  readonly #begin: number;

  constructor(
    parts: { scheduler: Scheduler; cluster: Cluster; faults: FaultInjector; begin: number },
    planned: readonly Fault[],
  ) {
    this.#scheduler = parts.scheduler;
    this.#cluster = parts.cluster;
    this.#faults = parts.faults;
    this.#begin = parts.begin;
    this.#planned = planned.filter((fault) => fault.kind === 'webhook');
  }

  send(sent: SentDelivery, wire: Wire): void {
    const fault = this.#nextFault();
    if (fault !== null) this.unreliableUntil = this.#scheduler.now + Math.max(fault.by, untilReread);
    if (fault !== null) this.#scheduler.tell(`webhook ${sent.id} ${sent.event} is ${fault.what}`);
    const delay = this.#scheduler.between(30, 1_500);
    switch (fault?.what ?? 'arrives') {
      case 'dropped':
        sent.status = 502;
        return;
      case 'late':
        this.#arrive(sent, wire, fault?.by ?? 0);
        return;
      case 'duplicated':
        this.#arrive(sent, wire, delay);
        this.#arrive(sent, wire, this.#scheduler.between(30, 60_000));
        return;
      case 'forged':
        this.#arrive(null, forged(wire), delay);
        this.#arrive(sent, wire, delay);
        return;
      case 'arrives':
        this.#arrive(sent, wire, delay);
    }
  }

  #nextFault(): WebhookFault | null {
    const [fault] = this.#planned;
    if (fault === undefined || this.#scheduler.now < this.#begin + fault.at) return null;
    this.#planned.shift();
    this.#faults.count(`webhook ${fault.what}`);
    return fault;
  }

  /** `sent` is null for what did not come from GitHub. */
  #arrive(sent: SentDelivery | null, wire: Wire, delay: number): void {
    this.#scheduler.at(this.#scheduler.now + delay, 'webhook', () => {
      const replica = this.#cluster.any();
      if (replica === null) {
        if (sent !== null && sent.status === 0) sent.status = 502;
        return;
      }
      replica.receive(wire).then(
        (result) => {
          if (sent !== null) sent.status = 200;
          if (result === 'stored') this.acknowledged.add(wire.guid);
        },
        () => {
          if (sent !== null && sent.status !== 200) sent.status = 500;
        },
      );
      this.#scheduler.at(this.#scheduler.now + patience, 'webhook times out', () => {
        if (sent !== null && sent.status === 0) sent.status = 504;
      });
    });
  }
}

/** Somebody replays a body that they changed, with the signature of the old one. */
function forged(wire: Wire): Wire {
  return { ...wire, guid: `${wire.guid}-f`, body: wire.body.replaceAll('"id"', '"id" ') };
}
