import type { StepEnvironment } from '../adapters/actions-runner/environment.ts';
import type { RunContext } from '../adapters/actions-runner/subject.ts';
import type { ConfigRead } from '../adapters/node-io/read-config.ts';
import type { AnyGate } from '../core/gate/gate.ts';
import type { GateName } from '../core/gate/names.ts';
import type { FileTree } from '../core/ports/system.ts';
import type { ActionInputs } from './action-inputs.ts';
import type { GateRunOutcome } from './run-gate.ts';

/** What one run of an action in a job works with. */
export interface ActionRun {
  readonly env: StepEnvironment;
  readonly inputs: ActionInputs;
  readonly context: RunContext;
  readonly trees: { readonly files: FileTree; readonly baseFiles: FileTree | undefined };
  readonly read: ConfigRead;
  /** Why the config of the organisation is not known; undefined: it is, or there is none. */
  readonly organisationUnknown: string | undefined;
  readonly gates: readonly AnyGate[];
  readonly allowedHosts: readonly string[];
  /** Facts for the policies; undefined when none were given. */
  readonly facts: unknown;
}

/** What became of one gate. */
export type Attempt =
  | { readonly gate: GateName; readonly outcome: GateRunOutcome }
  | { readonly gate: GateName; readonly error: unknown };
