import { z } from 'zod';
import type { EndedRun, Sql } from '../../adapters/postgres/index.ts';
import { InputError } from '../../core/errors.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { Routed } from '../flow/decide.ts';

/** What a delivery means. `outcome` goes into the store and the metrics: one of a handful of fixed words. */
export interface Interpretation {
  readonly outcome: string;
  readonly events: readonly Routed[];
  /** Where the App is; `id` is GitHub's number of the repository, where it was told. */
  readonly installed?: readonly {
    readonly repository: string;
    readonly installationId: number;
    readonly id?: number;
  }[];
  /** Where it is not any more. */
  readonly removed?: readonly { readonly repository: string; readonly id?: number }[];
  /** An installation whose repositories are all out of reach from now on. */
  readonly lost?: number;
  /** What is told to whoever is at the commit of the run, now or later. */
  readonly ended?: readonly EndedRun[];
}

/** What a handler may look at. Nothing in it changes anything. */
export interface EventContext {
  /** `owner/name` */
  readonly repository: string;
  readonly forge: Forge;
  readonly store: Sql;
  /** The commit that a comment spoke about when it was stored. */
  readonly frozenSha: string | null;
  /** Ms since the epoch, by the clock that all replicas share. */
  readonly now: () => number;
}

/** A payload before it was looked at. */
export type RawPayload = Readonly<Record<string, unknown>>;

/** Whether a payload means anything to us; `actions`: those that do, where nothing else decides. */
type Wants = ((payload: RawPayload) => boolean) & { readonly actions?: ReadonlySet<string> };

/** One webhook: a payload's shape, as far as we need it, and its meaning. */
export interface EventHandler<Payload = unknown> {
  readonly event: string;
  /**
   * False for payloads that mean nothing to us: they are acknowledged and dropped at the door, unread and
   * unstored. Most webhooks of a busy repository are other apps' checks.
   */
  readonly wants?: Wants;
  readonly scope?: never;
  readonly payload: z.ZodType<Payload>;
  read(payload: Payload, context: EventContext): Promise<Interpretation> | Interpretation;
}

/** A webhook about where the App is: nothing can be asked of a repository that may be gone. */
export interface InstallationHandler<Payload = unknown> {
  readonly event: string;
  readonly scope: 'installation';
  readonly wants?: Wants;
  readonly payload: z.ZodType<Payload>;
  /** @param repository its name of today, when it is about one. */
  read(payload: Payload, repository: string): Interpretation;
}

export type AnyEventHandler = EventHandler | InstallationHandler;

/** Ties a schema to its handler, so that `read` sees the parsed payload. */
export function eventHandler<Payload>(handler: EventHandler<Payload>): EventHandler {
  return handler as EventHandler;
}

export function installationHandler<Payload>(handler: InstallationHandler<Payload>): InstallationHandler {
  return handler as InstallationHandler;
}

/** Wants payloads with one of these actions. */
export function withAction(...names: readonly string[]): Wants {
  const actions: ReadonlySet<string> = new Set(names);
  return Object.assign(({ action }: RawPayload) => actions.has(String(action)), { actions });
}

/** Nothing follows from this delivery, and why. */
export function ignored(outcome: string): Interpretation {
  return { outcome: `ignored: ${outcome}`, events: [] };
}

export const actorSchema = z.object({ login: z.string(), type: z.string().default('User') });

/**
 * Parses a payload with a handler's schema.
 *
 * @throws InputError `PAYLOAD_UNEXPECTED` that names the places.
 */
export function parsePayload(handler: AnyEventHandler, raw: string): unknown {
  const parsed = handler.payload.safeParse(JSON.parse(raw));
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.join('.') || '(top)').join(', ');
  throw new InputError(
    'PAYLOAD_UNEXPECTED',
    `The payload of ${handler.event} is not as documented at: ${places}`,
    'Report this with the event and its delivery id; the payload is kept.',
  );
}
