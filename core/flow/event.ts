import type { AsOf } from '../change/as-of.ts';
import type { Command, CommandOptions } from '../commands/command.ts';
import type { TemplateOverride } from '../comms/announcement.ts';
import type { AnnouncementName } from '../comms/default-templates.ts';
import type { NotesConfig } from '../config/notes.ts';
import type { ReleaseConfig } from '../config/schema.ts';
import type { GateName } from '../gate/names.ts';
import type { GateResult } from '../gate/result.ts';
import type { KpisMeasured } from '../kpi/effect.ts';
import type { ReleaseChange } from '../notes/change.ts';
import type { CanaryReading } from '../ports/metrics.ts';
import type { PromotionAssessment } from '../ports/policy-engine.ts';
import type { Outlook } from '../preview/outlook.ts';
import type { ActualTraffic } from '../release/actual-traffic.ts';
import type { PreflightFacts } from '../release/preflight-facts.ts';
import type { IntervalCounts } from '../stats/cluster-history.ts';
import type { StepUp } from '../stepup/step-up.ts';

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
  /** Ms since the epoch, by GitHub's clock; absent: not told. */
  readonly writtenAt?: number;
}

/** How a gate result reached us and why it is believed. */
export interface ResultOrigin {
  readonly via: 'oidc' | 'artifact' | 'in-process';
  readonly runId?: number;
  readonly runAttempt?: number;
  readonly workflowRef?: string;
  readonly workflowSha?: string;
  /** What triggered the run; absent: not told. */
  readonly event?: string;
  /** The fork that the run's head is in: such a result never counts for a release. */
  readonly fork?: string;
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
  /** The repository's own words for announcements, as far as they can be rendered. */
  readonly templates?: Readonly<Partial<Record<AnnouncementName, TemplateOverride>>>;
  /** Templates of the repository that cannot: the default words are used in their place. */
  readonly templateProblems?: readonly string[];
  /** Version that traffic goes back to: the last verified release; null for a first release. */
  readonly previous: { readonly tag: string; readonly commit: string } | null;
  /** Newest first. */
  readonly changes: readonly ReleaseChange[];
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
      /** Absent: nobody can have seen it otherwise. */
      readonly asOf?: AsOf;
      /** What it will add to the release notes; absent: not told. */
      readonly note?: { readonly change: ReleaseChange; readonly config: NotesConfig };
      /** The head has another release-conductor.yml than the base. */
      readonly proposesConfig?: boolean;
      /** A preview's golden paths have to be walked if there is one; absent: as it was known. */
      readonly walksPreviews?: boolean;
    }
  /** What merging this head means for the rules of the repository; its check `policy-ci` carries it. */
  | {
      readonly type: 'plan.shown';
      readonly headSha: string;
      /** Markdown; empty: nothing to say. */
      readonly text: string;
      readonly acceptable: boolean;
    }
  /** What its commit can expect of its preview. */
  | { readonly type: 'preview.expected'; readonly outlook: Outlook }
  | { readonly type: 'change.closed'; readonly merged: boolean; readonly asOf?: AsOf }
  | { readonly type: 'gate.reported'; readonly report: GateReport }
  | {
      readonly type: 'checks.rerequested';
      readonly gates: readonly GateName[] | 'all';
      /** The commit whose checks they are; absent: the head's, whatever it is. */
      readonly sha?: string;
      /** Who pressed; absent: not told. */
      readonly by?: string;
      /** Key of the effect that wrote what they saw; absent: not told. */
      readonly seen?: string;
    }
  | { readonly type: 'timer.fired'; readonly timer: string }
  | RunCompleted
  | CommandEvent;

/** A workflow run of the commit ended: what it left in artifacts can be collected. */
export interface RunCompleted {
  readonly type: 'run.completed';
  readonly sha: string;
  readonly runId: number;
  readonly attempt: number;
}

export type ReleaseEvent =
  | RunCompleted
  | { readonly type: 'tag.pushed'; readonly tag: string; readonly sha: string; readonly actor: Actor }
  | {
      readonly type: 'plan.loaded';
      readonly facts: ReleasePlanFacts;
      /** Verified results for this commit that were there before the tag; later ones arrive as `gate.reported`. */
      readonly reports?: readonly GateReport[];
    }
  | { readonly type: 'plan.rejected'; readonly problems: readonly string[] }
  | { readonly type: 'gate.reported'; readonly report: GateReport }
  | CommandEvent
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
      /** The baseline before the canary began, where it was asked for and is known. */
      readonly history?: readonly IntervalCounts[];
    }
  | KpisMeasured
  /** What the pipeline last carried out in a production environment, read from the API. */
  | { readonly type: 'traffic.read'; readonly environment: string; readonly traffic: ActualTraffic }
  /** Objectives that burn now; null: not known, absent: there are none. */
  | { readonly type: 'slo.read'; readonly n: number; readonly burning?: number | null }
  | { readonly type: 'preflight.read'; readonly n: number; readonly facts: PreflightFacts }
  | { readonly type: 'timer.fired'; readonly timer: string }
  /** A newer release takes this one's place. */
  | { readonly type: 'release.superseded'; readonly by: string; readonly since: number }
  | { readonly type: 'tag.moved'; readonly from: string; readonly to: string }
  /** Somebody has said, in the issue of a later release, that this one's failure is resolved. */
  | { readonly type: 'failure.resolved'; readonly by: string; readonly reason: string };

/** What people say, to a release or to a pull request. */
export type CommandEvent =
  | {
      readonly type: 'command.issued';
      readonly command: Command;
      readonly options?: CommandOptions;
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
      readonly command: Command;
      readonly options?: CommandOptions;
      readonly actor: Actor;
      readonly source: CommandSource;
      /** Which look at a waiting command this is. */
      readonly round?: number;
      readonly assessment: PromotionAssessment;
    }
  /** A comment is not any more what it was; null: it is gone. */
  | { readonly type: 'comment.changed'; readonly commentId: number; readonly bodySha256: string | null }
  /** The person who commands has confirmed it on the page. */
  | { readonly type: 'step-up.confirmed'; readonly demand: number; readonly stepUp: StepUp };

/** The outcome of one effect, reported back to the aggregate that asked for it. */
export type EffectSettled = {
  readonly type: 'effect.settled';
  readonly key: string;
  readonly kind: string;
  readonly outcome:
    | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
    | { readonly ok: false; readonly code: string; readonly message: string };
};

/**
 * Which aggregate an event belongs to. `key` of a change is `pr/<number>` or `group/<head sha>`, of a release
 * its tag, of a governance `settings`, of a preview `pr/<number>`, of a ledger `previews`. Change and release carry `sha` (the head commit, the tagged commit) at the top level, a release also
 * `trackingIssue`: the store indexes them to find the aggregate of a gate result or of a comment.
 */
export interface AggregateRef {
  readonly kind: 'change' | 'release' | 'governance' | 'preview' | 'ledger';
  readonly repository: string;
  readonly key: string;
}
