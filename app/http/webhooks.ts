import type { IncomingMessage, ServerResponse } from 'node:http';
import { emitterEventNames } from '@octokit/webhooks';
import type { Delivery } from '../../adapters/postgres/index.ts';
import { silentTracing, type Tracing } from '../../core/ports/tracing.ts';
import { describeDelivery } from '../events/describe.ts';
import { isWanted } from '../events/registry.ts';
import { readBody } from './body.ts';
import { RequestProblem, sendJson, sendProblem } from './problem.ts';
import { isSignatureOf } from './signature.ts';

/** GitHub's own limit for a payload. */
const maxPayloadBytes = 25 * 1_048_576;

export interface WebhookSettings {
  readonly secret: string;
  readonly now: () => number;
  /** Resolves when the delivery is on disk. */
  readonly store: (delivery: Delivery) => Promise<'stored' | 'duplicate'>;
  readonly seen: (event: string, outcome: string) => void;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing;
}

/**
 * `POST /api/github/webhooks`: verify, store, answer. GitHub drops a delivery after 10 s and never sends it
 * again by itself, so nothing else happens here.
 */
export async function receiveWebhook(
  request: IncomingMessage,
  response: ServerResponse,
  settings: WebhookSettings,
): Promise<void> {
  try {
    const outcome = await accept(request, settings);
    settings.seen(outcome.event, outcome.result);
    sendJson(
      response,
      202,
      JSON.stringify({ accepted: outcome.result === 'stored', result: outcome.result }),
    );
  } catch (error) {
    if (!(error instanceof RequestProblem)) throw error;
    settings.seen('refused', error.code);
    if (error.status === 413) response.setHeader('connection', 'close');
    sendProblem(response, {
      status: error.status,
      code: error.code,
      message: error.message,
      help: error.help,
    });
  }
}

async function accept(
  request: IncomingMessage,
  settings: WebhookSettings,
): Promise<{ event: string; result: 'stored' | 'duplicate' | 'not-used' }> {
  const body = await readBody(request, maxPayloadBytes);
  if (!isSignatureOf(header(request, 'x-hub-signature-256'), settings.secret, body)) throw refusals.unsigned;
  const event = header(request, 'x-github-event') ?? '';
  const guid = header(request, 'x-github-delivery') ?? '';
  if (!/^[\w-]{1,100}$/.test(guid)) throw refusals.guid;
  if (!isKnownEvent(event)) throw refusals.event;
  const payload = parsePayload(body, header(request, 'content-type') ?? '');
  if (!isWanted(event, payload)) return { event, result: 'not-used' };
  const delivery = describeDelivery(guid, event, payload, body.toString('utf8'), settings.now());
  const { span, current } = settings.tracing ?? silentTracing;
  const fields = { delivery: guid, repository: delivery.repository ?? undefined };
  const parent = header(request, 'traceparent');
  return span(`webhook ${event}`, { parent, fields }, async () => ({
    event,
    result: await settings.store({ ...delivery, trace: current() }),
  }));
}

const githubEvents: ReadonlySet<string> = new Set(
  emitterEventNames.map((name) => name.split('.')[0] ?? name),
);

function isKnownEvent(event: string): boolean {
  return githubEvents.has(event) || event === 'ping';
}

function parsePayload(body: Buffer, mediaType: string): Readonly<Record<string, unknown>> {
  if (!mediaType.startsWith('application/json')) throw refusals.mediaType;
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString('utf8'));
  } catch {
    throw refusals.json;
  }
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) throw refusals.json;
  return payload as Record<string, unknown>;
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const refusals = {
  unsigned: new RequestProblem({
    status: 401,
    code: 'SIGNATURE_INVALID',
    message: 'The X-Hub-Signature-256 header is not the signature of this body',
    help: "Set WEBHOOK_SECRET to the webhook secret of the App's settings page, and sign the raw body with it.",
  }),
  guid: new RequestProblem({
    status: 400,
    code: 'DELIVERY_ID_INVALID',
    message: 'The X-GitHub-Delivery header is missing or not an identifier',
    help: 'Send the GUID that GitHub gives each delivery.',
  }),
  event: new RequestProblem({
    status: 400,
    code: 'EVENT_UNKNOWN',
    message: 'The X-GitHub-Event header does not name an event of GitHub',
    help: 'Send one of the events in the documentation of webhooks.',
  }),
  mediaType: new RequestProblem({
    status: 415,
    code: 'MEDIA_TYPE_UNSUPPORTED',
    message: 'The body is not application/json',
    help: "Choose the content type application/json in the App's webhook settings.",
  }),
  json: new RequestProblem({
    status: 400,
    code: 'PAYLOAD_MALFORMED',
    message: 'The body is not a JSON object',
    help: 'Send the payload as GitHub does.',
  }),
} as const;
