import type { Command, CommandOptions } from '../commands/command.ts';
import type { Approval } from '../commands/desk/state.ts';
import type { Permission } from '../commands/permission.ts';
import type { NotifiedEvent } from '../config/notify.ts';
import type { ReleaseConfig } from '../config/schema.ts';
import type { FlagEffect } from '../flags/model.ts';
import type { CheckName, GateName } from '../gate/names.ts';
import type { GovernanceEffect } from '../governance/effect.ts';
import type { KpiEffect } from '../kpi/effect.ts';
import type { PreviewEffect } from '../preview/effect.ts';
import type { Actor, CommandSource } from './event.ts';

export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

/** What a deployment tells the repository's pipeline (DESIGN section 6). */
export interface DeploymentPayload {
  readonly schema_version: 1;
  readonly release: string;
  /** Its name in `services`; absent in a repository with one service. */
  readonly service?: string;
  readonly version: string;
  readonly step: number;
  /** Percent of traffic for `version`, 0–100. */
  readonly weight: number;
  /** What was verified for this deployment: a pipeline that deploys these digests deploys nothing else. */
  readonly artifacts?: readonly { readonly name: string; readonly digest: string }[];
  /** On canary steps: what the pipeline does by itself when the Conductor has been silent for too long. */
  readonly lease?: {
    /** The Conductor writes to this issue at least once a minute while it measures. */
    readonly issue: number;
    readonly silence_ms: number;
    readonly back_to: { readonly version: string; readonly sha: string };
  };
}

/**
 * Everything the Conductor does to the world, as data. Closed: `app/effects/` has one performer for each kind.
 * The idempotency key is not here: it is `effectKey(aggregate, id)`, and the performer looks for it on GitHub
 * before it creates anything. Every outcome comes back as `effect.settled`, unless the comment on a kind names
 * another event.
 */
export type Effect =
  // checks and comments
  | {
      readonly kind: 'publishCheck';
      readonly sha: string;
      readonly name: CheckName;
      readonly status: 'queued' | 'in_progress' | 'completed';
      readonly conclusion: 'success' | 'failure' | 'neutral' | 'action_required' | null;
      readonly title: string;
      readonly summary: string;
      readonly annotations: readonly Annotation[];
    }
  /** One comment per (issue, marker), edited in place. */
  | { readonly kind: 'upsertComment'; readonly issue: number; readonly marker: string; readonly body: string }
  /** A comment that is written once and never edited. */
  | { readonly kind: 'postComment'; readonly issue: number; readonly body: string }
  | {
      readonly kind: 'addReaction';
      readonly commentId: number;
      readonly content: '+1' | '-1' | 'eyes' | 'rocket' | 'confused';
    }
  // issues
  /** Settles with `{ number }`. */
  | {
      readonly kind: 'openIssue';
      readonly title: string;
      readonly labels: readonly string[];
      readonly body: string;
    }
  | {
      readonly kind: 'updateIssue';
      readonly issue: number;
      readonly body?: string;
      readonly state?: 'open' | 'closed';
    }
  // releases
  /** Reads config and commit facts; answers with `plan.loaded` or `plan.rejected`. */
  | { readonly kind: 'loadPlan'; readonly tag: string; readonly sha: string }
  /** Settles with `{ releaseId }`. */
  | {
      readonly kind: 'ensureDraftRelease';
      readonly tag: string;
      readonly sha: string;
      readonly title: string;
      readonly body: string;
    }
  /** Reads the objectives of production; answers with `slo.read`. */
  | { readonly kind: 'readSlo'; readonly n: number; readonly sha: string }
  /** Reads what is verified before anything is deployed; answers with `preflight.read`. */
  | ({
      readonly kind: 'readPreflight';
      readonly n: number;
      readonly release: string;
      readonly sha: string;
      readonly way: string;
      readonly environment: string;
      /** Commit of the version to go back to. */
      readonly previous: string | null;
      readonly qaCheck: { readonly name: string; readonly app: string } | null;
      /** Glob of the drills' result files on the default branch. */
      readonly drills: string;
    } & ArtifactsInQuestion)
  /** Settles with `{ deploymentId }`; progress arrives as `deployment.reported`. */
  | {
      readonly kind: 'createDeployment';
      readonly sha: string;
      readonly environment: string;
      readonly task: 'promote' | 'rollback';
      readonly description: string;
      readonly payload: DeploymentPayload;
      /** Workflow that is started for it; absent: the pipeline listens to deployments. */
      readonly workflow?: string;
      /** Verified once more before the pipeline is asked; absent: the config names none, or traffic goes back. */
      readonly verify?: ArtifactsInQuestion;
    }
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
    }
  /** Runs a workflow run of ours again, for a new result of its gate. */
  | { readonly kind: 'rerunWorkflow'; readonly runId: number }
  /** Tells another release that its failure is resolved; that release hears `failure.resolved`. */
  | { readonly kind: 'resolveFailure'; readonly tag: string; readonly by: string; readonly reason: string }
  /** Reads both arms once; answers with `canary.measured` (a null reading names the problem). */
  | {
      readonly kind: 'measureCanary';
      readonly step: number;
      readonly tick: number;
      readonly environment: string;
      readonly service: string;
      readonly canary: string;
      readonly baseline: string;
      /** Length of one interval of the baseline's history, ms; absent: it is not read. */
      readonly history?: number;
    }
  /** Takes in what a run left in artifacts. Settles with `{ accepted, refused }`; results arrive as `gate.reported`. */
  | { readonly kind: 'collectResults'; readonly runId: number; readonly sha: string }
  // evidence: pack → attach (upload, read back, verify) → publish
  /** Settles with `{ sha256, size, bundleSha256 }`. `facts` is what only the state knows; the rest comes from the store. */
  | { readonly kind: 'packEvidence'; readonly tag: string; readonly facts: Readonly<Record<string, unknown>> }
  /** Settles with `{ assets: [{name, sha256}] }` after the uploaded bytes were read back and verified. */
  | {
      readonly kind: 'attachEvidence';
      readonly releaseId: number;
      readonly sha256: string;
      readonly bundleSha256: string;
    }
  /** Refuses unless the verified assets are there. Settles with `{ url }`. */
  | { readonly kind: 'publishRelease'; readonly releaseId: number; readonly body: string }
  /** Asks another release of the repository to give way; that release hears `release.superseded`. */
  | {
      readonly kind: 'supersedeRelease';
      readonly tag: string;
      readonly by: string;
      /** When `by` was tagged, ms since the epoch. */
      readonly since: number;
    }
  /** Tells one of the configured targets (`release.notify`) what happened. */
  | {
      readonly kind: 'notify';
      readonly target: { readonly kind: 'webhook' | 'slack'; readonly name: string };
      readonly event: NotifiedEvent;
      readonly text: string;
      readonly release: string;
    }
  | KpiEffect
  | FlagEffect
  /** Answers with `timer.fired`. */
  | { readonly kind: 'startTimer'; readonly timer: string }
  | GovernanceEffect
  | PreviewEffect;

export type EffectKind = Effect['kind'];

/** What a release deploys, and where to look for it. */
export interface ArtifactsInQuestion {
  readonly artifacts: ReleaseConfig['artifacts'];
  /** GitHub Release of the tag, where its files lie; null: not made yet. */
  readonly releaseId: number | null;
}

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

/**
 * An effect as decided. `id` is unique within its aggregate for ever and the same on every replay of the same
 * decision (`deploy/2`, `check/slo-gates/completed/<result sha>` …): it is what makes an effect happen once.
 */
export interface PlannedEffect {
  readonly id: string;
  readonly effect: Effect;
  /** Not before this time, ms since the epoch. Absent: now. */
  readonly notBefore?: number;
}

/** One line for the audit log; the store adds sequence, time and hashes. Never holds user text unescaped or a secret. */
export interface AuditNote {
  readonly action: string;
  readonly actor: string;
  readonly reason: string;
  readonly reasonCode: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What `decide` returns. The three parts are committed in one transaction. */
export interface Decision<State> {
  readonly state: State;
  readonly effects: readonly PlannedEffect[];
  readonly audit: readonly AuditNote[];
}
