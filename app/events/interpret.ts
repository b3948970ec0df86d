import type { Sql, StoredDelivery } from '../../adapters/postgres/index.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { type Interpretation, ignored, parsePayload } from './event-handler.ts';
import { eventRegistry } from './registry.ts';

export interface InterpretPorts {
  readonly store: Sql;
  readonly forgeFor: (repository: string, installationId: number | null) => Promise<Forge>;
  /** A forge that answers nothing, for events about no repository. */
  readonly noForge: Forge;
}

/** Turns a stored delivery into domain events with the handler of its kind. */
export async function interpretDelivery(
  delivery: StoredDelivery,
  ports: InterpretPorts,
): Promise<Interpretation> {
  const handler = eventRegistry.find(({ event }) => event === delivery.event);
  if (handler === undefined) return ignored('no handler');
  const payload = parsePayload(handler, delivery.payload);
  const { repository, installationId } = delivery;
  if (repository !== null && installationId === null) return ignored('not an installation');
  const forge = repository === null ? ports.noForge : await ports.forgeFor(repository, installationId);
  const found = await handler.read(payload, {
    repository: repository ?? '',
    forge,
    store: ports.store,
    frozenSha: delivery.frozenSha,
  });
  if (repository === null || installationId === null) return found;
  return { ...found, installed: [...(found.installed ?? []), { repository, installationId }] };
}
