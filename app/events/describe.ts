import type { Delivery } from '../../adapters/postgres/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the inbox must know about a delivery without understanding it. */
export function describeDelivery(
  guid: string,
  event: string,
  payload: Json,
  raw: string,
  receivedAt: number,
): Delivery {
  const repository = textAt(payload, 'repository', 'full_name');
  return {
    guid,
    event,
    repository,
    repositoryId: numberAt(payload, 'repository', 'id'),
    installationId: numberAt(payload, 'installation', 'id'),
    businessKey: businessKey(event, repository, payload),
    issue: event === 'issue_comment' ? numberAt(payload, 'issue', 'number') : null,
    payload: raw,
    receivedAt,
  };
}

/**
 * The identity of what happened, whatever GUID told us: two hooks deliver one comment twice. Null where the
 * payload has none, and where telling twice does no harm.
 */
function businessKey(event: string, repository: string | null, payload: Json): string | null {
  if (repository === null) return null;
  const action = textAt(payload, 'action') ?? '';
  switch (event) {
    case 'issue_comment': {
      const id = numberAt(payload, 'comment', 'id');
      return action === 'created' && id !== null ? `comment/${repository}/${id}` : null;
    }
    case 'deployment_status': {
      const id = numberAt(payload, 'deployment_status', 'id');
      return id === null ? null : `deployment-status/${repository}/${id}`;
    }
    default:
      return null;
  }
}

function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = at(value, path);
  return typeof found === 'string' ? found : null;
}

function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const found = at(value, path);
  return typeof found === 'number' && Number.isSafeInteger(found) ? found : null;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner !== null && typeof inner === 'object' ? (inner as Json)[key] : undefined),
    value,
  );
}
