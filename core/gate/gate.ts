import type { z } from 'zod';
import type { OpenSignatureVerifier, ReadPublishedAttestations } from '../ports/attestations.ts';
import type { Baselines } from '../ports/baselines.ts';
import type { ReadBranchRules } from '../ports/branch-rules.ts';
import type { ThrowawayDatabases } from '../ports/database.ts';
import type { MetricsSource } from '../ports/metrics.ts';
import type { RepositoryPolicies } from '../ports/repository-policies.ts';
import type { Clock, FileTree, Log } from '../ports/system.ts';
import type { InspectTls } from '../ports/tls.ts';
import type { GateName } from './names.ts';
import type { Finding, Subject, Verdict } from './result.ts';

/** What a gate's pure part concludes. `runGate` adds subject, digests and times to make a `GateResult`. */
export interface Evaluation {
  readonly verdict: Verdict;
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly measurements: Readonly<Record<string, unknown>>;
  readonly evidence: readonly EvidenceFile[];
  /** Digest of the policies that were applied, when the gate applied any. */
  readonly policySha256?: string;
}

/** A file for the evidence zip, made by a gate. */
export interface EvidenceFile {
  readonly path: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The world as a gate may see it. Nothing else is reachable from a gate. */
export interface GateIo {
  /** The repository at the commit under test. */
  readonly files: FileTree;
  /** The base of the comparison (base branch of a PR, last release of a release); absent when there is none. */
  readonly baseFiles?: FileTree;
  /** `fetch` limited to the hosts that the config allows. */
  readonly fetch: typeof fetch;
  /** Reads the certificates of the hosts that the config allows; absent where nobody can. */
  readonly inspectTls?: InspectTls;
  readonly metrics: (options: {
    readonly url: string;
    readonly kind: 'prometheus' | 'scrape';
  }) => MetricsSource;
  /** Throw-away Postgres servers; absent when none can be had. */
  readonly databases?: ThrowawayDatabases;
  /** Verifies signatures offline; absent where they cannot be verified. */
  readonly signatures?: OpenSignatureVerifier;
  /** Reads the attestations that GitHub keeps; absent where nobody may ask. */
  readonly attestations?: ReadPublishedAttestations;
  /** Runs the repository's own policies; absent where none can be run. */
  readonly policies?: RepositoryPolicies;
  /** Past runs that the Conductor keeps; absent where no Conductor is asked. */
  readonly baselines?: Baselines;
  /** What GitHub enforces; absent where nobody may ask. */
  readonly branchRules?: ReadBranchRules;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One gate. `collect` reads the world into plain facts; `evaluate` is pure: the same options, facts, subject
 * and time give the same evaluation. A gate never throws for a bad change: that is a verdict. It throws
 * `ConfigError`/`InputError` for a user's mistake, `ProviderError` when a provider does not answer and the
 * gate cannot say `inconclusive` by itself.
 */
export interface Gate<Options, Facts> {
  readonly name: GateName;
  /** The gate's own section of the config: unknown keys are errors, every key has a description. */
  readonly options: z.ZodType<Options>;
  collect(options: Options, subject: Subject, io: GateIo): Promise<Facts>;
  evaluate(options: Options, facts: Facts, subject: Subject, now: number): Evaluation | Promise<Evaluation>;
}

// biome-ignore lint/suspicious/noExplicitAny: a registry holds gates of different options and facts
export type AnyGate = Gate<any, any>;
