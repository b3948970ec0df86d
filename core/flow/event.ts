import type { TemplateOverride } from '../comms/announcement.ts';
import type { AnnouncementName } from '../comms/default-templates.ts';
import type { ReleaseConfig } from '../config/schema.ts';
import type { GateName } from '../gate/names.ts';
import type { GateResult } from '../gate/result.ts';
import type { CanaryReading } from '../ports/metrics.ts';
import type { PromotionAssessment } from '../ports/policy-engine.ts';

/** A person or an app that GitHub says did something. `login` ends in `[bot]` for apps. */
export interface Actor {
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'App';
}

/** Where a command was written. `body` is kept as a hash only. */
export interface CommandSource {
  readonly commentId: number;
  readonly issue: number;
  readonly isPullRequest: boolean;
  readonly url: string;
  readonly bodySha256: string;
}

/** How a gate result reached us and why it is believed. */
export interface ResultOrigin {
  readonly via: 'oidc' | 'artifact' | 'in-process';
  readonly runId?: number;
  readonly runAttempt?: number;
  readonly workflowRef?: string;
  readonly workflowSha?: string;
  readonly receivedAt: number;
}

export interface GateReport {
  readonly gate: GateName;
  readonly result: GateResult;
  readonly resultSha256: string;
  readonly origin: ResultOrigin;
}

/** Facts about a tagged commit, read from GitHub once and then frozen. */
export interface ReleasePlanFacts {
  readonly config: ReleaseConfig;
  readonly configSha256: string;
  readonly tagObject: string;
  /** When its reading began, ms since the epoch: what became GA since is not in it. */
  readonly readAt?: number;
  readonly commit: string;
  readonly tree: string;
  /** Its name in `services`; absent in a repository with one service. */
  readonly service?: string;
  /** The QA report of this tag, when the config names one: only `approved` makes a plan. */
  readonly qa?: { readonly path: string; readonly status: string };
  /** Version that traffic goes back to: the last verified release; null for a first release. */
  readonly previous: { readonly tag: string; readonly commit: string } | null;
  readonly changes: readonly {
    readonly sha: string;
  /** The repository's own words for announcements, as far as they can be rendered. */
  readonly templates?: Readonly<Partial<Record<AnnouncementName, TemplateOverride>>>;
  /** Templates of the repository that cannot: the default words are used in their place. */
  readonly templateProblems?: readonly string[];
    readonly title: string;
    readonly author: string;
    readonly pullRequest: number | null;
  }[];
}

/** Everything that can happen to a change (a pull request or a merge group). `decide` is given the time. */
export type ChangeEvent =
  | {
      readonly type: 'change.updated';
      readonly pullRequest: number | null;
      readonly headSha: string;
      readonly headRef: string;
      readonly baseRef: string;
      readonly baseSha: string;
      readonly author: string;
      readonly fork: boolean;
    }
  | { readonly type: 'change.closed'; readonly merged: boolean }
  | { readonly type: 'gate.reported'; readonly report: GateReport }
  | { readonly type: 'checks.rerequested'; readonly gates: readonly GateName[] | 'all' };

export type ReleaseEvent =
  | { readonly type: 'tag.pushed'; readonly tag: string; readonly sha: string; readonly actor: Actor }
  | {
      readonly type: 'plan.loaded';
      readonly facts: ReleasePlanFacts;
      /** Verified results for this commit that were there before the tag; later ones arrive as `gate.reported`. */
      readonly reports?: readonly GateReport[];
    }
  | { readonly type: 'plan.rejected'; readonly problems: readonly string[] }
  | { readonly type: 'gate.reported'; readonly report: GateReport }
  | {
      readonly type: 'command.issued';
      readonly command: ReleaseCommand;
      readonly actor: Actor;
      readonly source: CommandSource;
    }
  /** Somebody meant a command and got it wrong (the grammar says how): one usage reply, nothing else. */
  | {
      readonly type: 'command.malformed';
      readonly code: string;
      readonly message: string;
      readonly actor: Actor;
      readonly source: CommandSource;
    }
  | {
      readonly type: 'command.assessed';
      readonly command: ReleaseCommand;
      readonly actor: Actor;
      readonly source: CommandSource;
      readonly assessment: PromotionAssessment;
    }
  | {
      readonly type: 'deployment.reported';
      readonly deploymentId: number;
      readonly environment: string;
      readonly state: 'queued' | 'pending' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';
      readonly description: string;
    }
  | {
      readonly type: 'canary.measured';
      readonly step: number;
      readonly tick: number;
      readonly reading: CanaryReading | null;
      readonly problem: string | null;
    }
  | { readonly type: 'timer.fired'; readonly timer: string }
  /** A newer release takes this one's place. */
  | { readonly type: 'release.superseded'; readonly by: string; readonly since: number }
  | { readonly type: 'tag.moved'; readonly from: string; readonly to: string };

/** The outcome of one effect, reported back to the aggregate that asked for it. */
export type EffectSettled = {
  readonly type: 'effect.settled';
  readonly key: string;
  readonly kind: string;
  readonly outcome:
    | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
    | { readonly ok: false; readonly code: string; readonly message: string };
};

/** Commands that act on a release. The grammar that makes them is in `core/commands/`. */
export type ReleaseCommand =
  | { readonly name: 'promote'; readonly weight: number | 'next'; readonly sha: string | null }
  | { readonly name: 'rollback'; readonly reason: string }
  | { readonly name: 'hold'; readonly reason: string }
  | { readonly name: 'resume' }
  /** `ttl` in ms; null: the longest that the config allows. */
  | { readonly name: 'lock'; readonly ttl: number | null; readonly reason: string }
  | { readonly name: 'unlock' }
  | { readonly name: 'status' }
  | { readonly name: 'help' };

/**
 * Which aggregate an event belongs to. `key` of a change is `pr/<number>` or `group/<head sha>`, of a release
 * its tag. Both states carry `sha` (the head commit, the tagged commit) at the top level, a release also
 * `trackingIssue`: the store indexes them to find the aggregate of a gate result or of a comment.
 */
export interface AggregateRef {
  readonly kind: 'change' | 'release';
  readonly repository: string;
  readonly key: string;
}
