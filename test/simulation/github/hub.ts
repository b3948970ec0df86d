import { signBody } from '../../../app/http/signature.ts';
import type { Scheduler } from '../scheduler.ts';
import { type Deployment, installationId, Repository, repositoryName } from './repository.ts';
import { type Happening, refusal, routes } from './routes/index.ts';

export const webhookSecret = 'a secret that the simulated GitHub shares with the App';

export interface SentDelivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly at: number;
  /** Status of the answer: 0 while there is none. */
  status: number;
}

/** A webhook on the wire. */
export interface Wire {
  readonly guid: string;
  readonly event: string;
  readonly body: string;
  readonly signature: string;
}

/** Where GitHub's webhooks go, and what they suffer on the way. */
export type Transport = (sent: SentDelivery, wire: Wire) => void;

/** GitHub as a whole: one repository, its API, its webhooks and their log. */
export class Hub {
  readonly repository = new Repository();
  readonly deliveries: SentDelivery[] = [];
  readonly #scheduler: Scheduler;
  /** How far the replica that answers is behind, ms. */
  lag = 0;
  transport: Transport = () => undefined;
  happened: (what: Happening) => void = () => undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Carries a request out. Throws what GitHub would answer with. */
  answer(route: string, parameters: Readonly<Record<string, unknown>>): unknown {
    const { now } = this.#scheduler;
    const upload = /^POST https:\/\/uploads\.github\.test\/releases\/(\d+)\//.exec(route)?.[1];
    const handler = routes[upload === undefined ? route : 'POST assets'] ?? this.#appRoutes[route];
    if (handler === undefined) throw refusal(501, `the modelled GitHub has no ${route}`);
    return handler({
      repository: this.repository,
      parameters: upload === undefined ? parameters : { ...parameters, release_id: Number(upload) },
      now,
      asOf: now - this.lag,
      happened: (what) => this.happened(what),
    });
  }

  /** Something happened: a webhook leaves. */
  emit(event: string, payload: Readonly<Record<string, unknown>>): SentDelivery {
    const full = {
      ...payload,
      repository: { full_name: repositoryName },
      installation: { id: installationId },
    };
    const id = this.deliveries.length + 1;
    const guid = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
    const sent = { id, guid, event, payload: full, at: this.#scheduler.now, status: 0 };
    this.deliveries.push(sent);
    this.transport(sent, wireOf(sent));
    return sent;
  }

  /** The pipeline reports on a deployment. */
  reportStatus(deployment: Deployment, state: string): void {
    const id = this.repository.nextId();
    deployment.statuses.push({ state, at: this.#scheduler.now });
    this.emit('deployment_status', {
      deployment_status: { id, state, description: '' },
      deployment: {
        id: deployment.id,
        environment: deployment.environment,
        payload: deployment.payload,
        creator: { login: deployment.author },
      },
    });
  }

  readonly #appRoutes: typeof routes = {
    'GET /app/hook/deliveries': ({ parameters }) => {
      const before = parameters.cursor === undefined ? Number.POSITIVE_INFINITY : Number(parameters.cursor);
      return this.deliveries
        .filter(({ id }) => id < before)
        .toReversed()
        .slice(0, 100)
        .map(({ id, guid, event, at, status }) => ({
          id,
          guid,
          event,
          status_code: status,
          delivered_at: new Date(at).toISOString(),
        }));
    },
    'GET /app/hook/deliveries/{delivery_id}': ({ parameters }) => {
      const found = this.deliveries.find(({ id }) => id === parameters.delivery_id);
      if (found === undefined) throw refusal(404, 'Not Found');
      return { request: { payload: found.payload } };
    },
    'GET /app/installations': () => [{ id: installationId }],
    'GET /installation/repositories': () => ({ repositories: [{ full_name: repositoryName }] }),
  };
}

export function wireOf({ guid, event, payload }: SentDelivery): Wire {
  const body = JSON.stringify(payload);
  return { guid, event, body, signature: signBody(webhookSecret, Buffer.from(body)) };
}
