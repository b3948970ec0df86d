import { guardedFetch } from '../adapters/node-io/guarded-fetch.ts';
import { systemClock } from '../adapters/node-io/system.ts';
import { guardedTls } from '../adapters/node-io/tls-inspector.ts';
import { InternalError } from '../core/errors.ts';
import type { GateIo } from '../core/gate/gate.ts';
import type { OpenSignatureVerifier, ReadPublishedAttestations } from '../core/ports/attestations.ts';
import type { Baselines } from '../core/ports/baselines.ts';
import type { ReadBranchRules } from '../core/ports/branch-rules.ts';
import type { ThrowawayDatabases } from '../core/ports/database.ts';
import type { RepositoryPolicies } from '../core/ports/repository-policies.ts';
import { type Clock, type FileTree, type Log, silentLog } from '../core/ports/system.ts';

export interface NodeIoParts {
  readonly files: FileTree;
  readonly baseFiles?: FileTree | undefined;
  readonly allowedHosts: readonly string[];
  readonly databases?: ThrowawayDatabases | undefined;
  /** Verifies signatures; a gate that verifies none needs none. */
  readonly signatures?: OpenSignatureVerifier | undefined;
  /** Attestations that GitHub keeps; a gate that verifies none asks for none. */
  readonly attestations?: ReadPublishedAttestations | undefined;
  /** Runs the repository's own policies; a gate that runs none needs none. */
  readonly policies?: RepositoryPolicies | undefined;
  /** Where metrics come from; a gate that reads none needs none. */
  readonly metrics?: ((guarded: typeof fetch) => GateIo['metrics']) | undefined;
  /** Past runs that the Conductor keeps. */
  readonly baselines?: Baselines | undefined;
  /** What GitHub enforces on a branch. */
  readonly branchRules?: ReadBranchRules | undefined;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** The world as a gate sees it in a Node process: a folder, guarded calls, the wall clock. */
export function nodeGateIo(parts: NodeIoParts): GateIo {
  const guarded = guardedFetch(parts.allowedHosts);
  return {
    files: parts.files,
    ...(parts.baseFiles === undefined ? {} : { baseFiles: parts.baseFiles }),
    fetch: guarded,
    inspectTls: guardedTls(parts.allowedHosts),
    metrics: parts.metrics?.(guarded) ?? noMetrics,
    ...(parts.databases === undefined ? {} : { databases: parts.databases }),
    ...(parts.signatures === undefined ? {} : { signatures: parts.signatures }),
    ...(parts.attestations === undefined ? {} : { attestations: parts.attestations }),
    ...(parts.policies === undefined ? {} : { policies: parts.policies }),
    ...(parts.baselines === undefined ? {} : { baselines: parts.baselines }),
    ...(parts.branchRules === undefined ? {} : { branchRules: parts.branchRules }),
    clock: parts.clock ?? systemClock,
    log: parts.log ?? silentLog,
  };
}

function noMetrics(): never {
  throw new InternalError(
    'METRICS_NOT_WIRED',
    'This gate was composed without a source of metrics.',
    'Pass `metrics` to nodeGateIo where the gate is composed.',
  );
}
