import type { AnyGate } from '../core/gate/gate.ts';
import type { GateName } from '../core/gate/names.ts';
import { migrationsGate } from './migrations/gate.ts';
import { perfGate } from './perf/gate.ts';
import { policyGate } from './policy/gate.ts';
import { sloGate } from './slo/gate.ts';
import { supplyChainGate } from './supply-chain/gate.ts';

/** Every gate. A new one is a folder beside this file and a line here. */
export const gates: readonly AnyGate[] = [sloGate, perfGate, supplyChainGate, migrationsGate, policyGate];

/** The gate of this name; undefined when it is not part of the bundle. */
export function gateNamed(name: GateName): AnyGate | undefined {
  return gates.find((gate) => gate.name === name);
}

export { withEnvironment, withHostOf } from './environment-under-test.ts';
export { parseFacts } from './facts-file.ts';
export { nodeMetrics } from './metrics.ts';
export { migrationsOptionsSchema } from './migrations/options.ts';
export { type NodeIoParts, nodeGateIo } from './node-io.ts';
export { openToForeignCode } from './policy/foreign-code.ts';
export { type GateRun, type GateRunOutcome, runGate } from './run-gate.ts';
export { withPlannedRollout } from './slo/planned-rollout.ts';
export { supportedLocks } from './supply-chain/lock-files/read.ts';
export {
  type DeployCheck,
  type DeployedArtifact,
  readDeployTrust,
  verifyAtDeploy,
} from './supply-chain/provenance/at-deploy.ts';
export { evaluateProvenance, type ProvenanceVerdict } from './supply-chain/provenance/evaluate.ts';
export { type ProvenancePolicy, provenancePolicy } from './supply-chain/provenance/policy.ts';
export { tool } from './tool.ts';
