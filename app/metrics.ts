import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Backlog } from '../adapters/postgres/index.ts';
import type { AuditNote } from '../core/flow/effect.ts';

/** What the Conductor tells about itself at `/metrics`. Labels are closed sets: no repository, no user text. */
export interface AppMetrics {
  readonly registry: Registry;
  webhookReceived(event: string, outcome: string): void;
  deliveryProcessed(event: string, outcome: string, seconds: number): void;
  decided(kind: string, event: string, notes?: readonly AuditNote[]): void;
  effectPerformed(kind: string, outcome: string, seconds: number): void;
  evidenceReceived(gate: string, outcome: string): void;
}

/** @param backlog unfinished work, read when somebody scrapes. */
export function createMetrics(backlog: () => Promise<Backlog>): AppMetrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name: `conductor_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: string[]): Histogram =>
    new Histogram({
      name: `conductor_${name}`,
      help,
      labelNames,
      registers,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120],
    });
  const received = counter('webhooks_received_total', 'Webhooks by outcome at the door', [
    'event',
    'outcome',
  ]);
  const processed = counter('deliveries_processed_total', 'Stored deliveries by what they meant', [
    'event',
    'outcome',
  ]);
  const delay = histogram('delivery_seconds', 'From receipt to the committed decision', ['event']);
  const decisions = counter('decisions_total', 'Decisions by aggregate and event', ['kind', 'event']);
  const reasons = counter('reasons_total', 'Reason codes of the audit log, by what was done or refused', [
    'action',
    'code',
  ]);
  const effects = counter('effects_total', 'Attempts at effects', ['kind', 'outcome']);
  const effectTime = histogram('effect_seconds', 'Time of one successful attempt', ['kind']);
  const evidence = counter('evidence_total', 'Submitted gate results', ['gate', 'outcome']);
  const waiting = new Gauge({
    name: 'conductor_backlog',
    help: 'Unfinished work in the store',
    labelNames: ['what'],
    registers,
    async collect() {
      for (const [what, count] of Object.entries(await backlog())) this.set({ what }, count);
    },
  });
  void waiting;
  return {
    registry,
    webhookReceived: (event, outcome) => received.inc({ event, outcome }),
    deliveryProcessed: (event, outcome, seconds) => {
      processed.inc({ event, outcome });
      delay.observe({ event }, seconds);
    },
    decided: (kind, event, notes = []) => {
      decisions.inc({ kind, event });
      for (const { action, code } of notes.flatMap(codesOf)) reasons.inc({ action, code });
    },
    effectPerformed: (kind, outcome, seconds) => {
      effects.inc({ kind, outcome });
      if (outcome === 'done') effectTime.observe({ kind }, seconds);
    },
    evidenceReceived: (gate, outcome) => evidence.inc({ gate, outcome }),
  };
}

/** Every reason of a refusal, not only the first. */
function codesOf({
  action,
  reasonCode,
  data,
}: AuditNote): { readonly action: string; readonly code: string }[] {
  const codes = Array.isArray(data.codes) ? data.codes.map(String) : reasonCode === null ? [] : [reasonCode];
  return codes.map((code) => ({ action, code }));
}
