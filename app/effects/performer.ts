import type { Database, PendingEffect } from '../../adapters/postgres/index.ts';
import type { EvidencePorts } from '../../core/evidence/pack.ts';
import type { Effect, EffectKind } from '../../core/flow/effect.ts';
import type { AggregateRef, GateReport } from '../../core/flow/event.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { MetricsSource } from '../../core/ports/metrics.ts';
import type { PolicyEngine } from '../../core/ports/policy-engine.ts';
import type { StepUpPages } from '../../core/stepup/pages.ts';
import type { StagedFile } from '../evidence/believe.ts';
import type { Blobs } from '../evidence/blobs.ts';
import type { DomainEvent } from '../flow/decide.ts';
import type { Performed } from '../flow/outbox.ts';

/** What performers reach beside the forge. */
export interface EffectServices {
  readonly database: Database;
  readonly policy: PolicyEngine;
  readonly evidence: EvidencePorts;
  readonly blobs: Blobs;
  /** A source for the address that a repository's config names; refuses addresses that are not for it. */
  readonly metricsSource: (kind: 'prometheus' | 'scrape', url: string) => MetricsSource;
  /** `fetch` for addresses that a config names; absent where nothing but GitHub and metrics is reached. */
  readonly fetch?: typeof fetch;
  /** Address of a notification target, by the name in the config; it is a secret. */
  readonly notifyUrl?: (name: string) => string | undefined;
  /** `user:password` for an image registry, by its host; it is a secret. */
  readonly registryLogin?: (host: string) => string | undefined;
  /** The pages on which people confirm commands; absent where nobody can sign in. */
  readonly stepUp?: StepUpPages;
  /** Our page of a preview; absent where there are no pages. */
  readonly previewPage?: (repository: string, pullRequest: number) => string;
  /** Lets something happen to another aggregate; absent where none can hear. */
  readonly tell?: (ref: AggregateRef, event: DomainEvent) => Promise<void>;
  /** Stores a believed result and tells every change and release of its commit; absent where none can hear. */
  readonly believe?: (report: GateReport, files: readonly StagedFile[]) => Promise<void>;
  /** `SIMULATE=true`: nobody outside is told or asked to change anything. */
  readonly simulate?: boolean;
  readonly now: () => number;
}

/** One effect under way. */
export interface EffectContext extends EffectServices {
  /** Idempotency key: what the performer looks for before it creates anything. */
  readonly key: string;
  readonly aggregate: AggregateRef;
  readonly forge: Forge;
}

/** Carries out one kind of effect. Called again after a crash or a failure, it must find what it did before. */
export type Performer<Kind extends EffectKind> = (
  effect: Extract<Effect, { kind: Kind }>,
  context: EffectContext,
) => Promise<Performed>;

export type PerformerRegistry = { readonly [Kind in EffectKind]: Performer<Kind> };

/** Performs a stored effect with the performer of its kind. */
export function performWith(
  registry: PerformerRegistry,
  pending: PendingEffect,
  context: EffectContext,
): Promise<Performed> {
  const performer = registry[pending.effect.kind] as Performer<EffectKind>;
  return performer(pending.effect, context);
}
