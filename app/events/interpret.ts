import type { Sql, StoredDelivery } from '../../adapters/postgres/index.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { type Interpretation, ignored, parsePayload } from './event-handler.ts';
import { eventRegistry } from './registry.ts';

export interface InterpretPorts {
  readonly store: Sql;
  readonly now: () => number;
  readonly forgeFor: (repository: string, installationId: number | null) => Promise<Forge>;
}

/** Turns a stored delivery into domain events with the handler of its kind. */
export async function interpretDelivery(
  delivery: StoredDelivery,
  ports: InterpretPorts,
): Promise<Interpretation> {
  const handler = eventRegistry.find(({ event }) => event === delivery.event);
  if (handler === undefined) return ignored('no handler');
  const payload = parsePayload(handler, delivery.payload);
  const { repository, installationId, frozenSha } = delivery;
  if (handler.scope === 'installation') return handler.read(payload, repository ?? '');
  if (repository === null || installationId === null) return ignored('not an installed repository');
  const forge = await ports.forgeFor(repository, installationId);
  const { store, now } = ports;
  const found = await handler.read(payload, { repository, forge, store, frozenSha, now });
  return { ...found, installed: [...(found.installed ?? []), { repository, installationId }] };
}
