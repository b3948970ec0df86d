import type { ReleaseConfig } from '../config/schema.ts';
import type { Actor, CommandSource } from '../flow/event.ts';
import type { GateName } from '../gate/names.ts';
import type { ArtifactsInQuestion } from '../release/effect.ts';
import type { Command, CommandOptions } from './command.ts';
import type { Approval } from './desk/state.ts';
import type { Permission } from './permission.ts';

/** What is asked of the world before a command is obeyed. */
export type CommandEffect =
  /** Reads permissions, gate results, burn and policy at this moment; answers with `command.assessed`. */
  | {
      readonly kind: 'assessCommand';
      readonly command: Command;
      readonly options?: CommandOptions;
      readonly actor: Actor;
      readonly source: CommandSource;
      /** Which look at a waiting command this is; 0 the first. */
      readonly round: number;
      readonly facts: PromotionFactsFromState;
    }
  /** The same for a command on a pull request. */
  | {
      readonly kind: 'assessChangeCommand';
      readonly command: Command;
      readonly options?: CommandOptions;
      readonly actor: Actor;
      readonly source: CommandSource;
      readonly round: number;
      readonly facts: ChangeFactsFromState;
    }
  /** Opens the page on which `login` confirms a command with a passkey. Settles with `{ url }`. */
  | {
      readonly kind: 'openStepUp';
      readonly demand: number;
      readonly login: string;
      readonly command: Command;
      readonly sha: string;
      readonly weight: number | null;
      /** ms since the epoch. */
      readonly until: number;
    };

/** What the release machine tells the assessor about itself. */
export interface PromotionFactsFromState extends ArtifactsInQuestion {
  readonly release: string;
  readonly sha: string;
  readonly environment: string;
  readonly currentWeight: number;
  readonly targetWeight: number | null;
  readonly requiredGates: readonly GateName[];
  readonly phase: string;
  /** The canary's weights, rising. */
  readonly steps: readonly number[];
  readonly maxGateAgeMs: number;
  readonly promoteOnlyIf: ReleaseConfig['promote_only_if'] | null;
  readonly calendar: Pick<ReleaseConfig, 'windows' | 'freezes'>;
  /** The release runs in the hotfix lane. */
  readonly hotfix: boolean;
  readonly blockAfterFailure: boolean;
  /** Who brought the commit here: a second approver is another person. */
  readonly author: string;
  /** Commit of the version before, for the owners of what has changed since; null: there is none. */
  readonly previousSha: string | null;
  /** What the person and others have done for this command beside writing it. */
  readonly access: AccessFacts;
  /** Overrides under way. */
  readonly exceptions: readonly PolicyException[];
  /** Who may issue this command, from the config of the tagged commit. */
  readonly permission: Permission;
  /** Who may approve it; absent in effects of before: whoever may issue it. */
  readonly approvers?: Permission;
}

/** What a change tells the assessor about itself. Who may what is read from the config of the base branch. */
export interface ChangeFactsFromState {
  readonly pullRequest: number;
  readonly sha: string;
  readonly author: string;
  readonly access: AccessFacts;
}

/** What was done for a command beside writing it. */
export interface AccessFacts {
  /** Reason for access; empty when none was given. */
  readonly reason: string;
  /** The confirmation with a passkey; `at` in ms since the epoch. */
  readonly stepUp: { readonly login: string; readonly at: number } | null;
  readonly approvals: readonly Approval[];
}

/** One objection that the policy may pass over for a while (`policies/exceptions.rego`). */
export interface PolicyException {
  readonly id: string;
  readonly code: 'GATE_FAILED' | 'GATE_STALE' | 'GATE_MISSING';
  readonly gate: GateName;
  readonly reason: string;
  readonly release: string;
  readonly sha: string;
  /** ms since the epoch. */
  readonly from: number;
  readonly until: number;
  readonly requested_by: string;
  readonly approved_by: readonly string[];
  /** Somebody with the permission to override stands for it alone. */
  readonly break_glass: boolean;
}
