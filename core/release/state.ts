import type { JudgeLog } from '../canary/record.ts';
import type { JudgeState } from '../canary/state.ts';
import type { CanaryVerdict } from '../canary/verdict.ts';
import { type DeskState, emptyDesk } from '../commands/desk/state.ts';
import type { CanaryRecord } from '../evidence/inputs.ts';
import type { FlagsState } from '../flags/model.ts';
import { type Channel, closedChannel } from '../flow/channel.ts';
import type { ReleasePlanFacts } from '../flow/event.ts';
import type { GateName } from '../gate/names.ts';
import type { GateRecord } from '../gate/record.ts';
import type { KpiReport } from '../kpi/report.ts';
import type { KpiWindows } from '../kpi/windows.ts';
import type { Phase } from './phase.ts';
import type { PreflightFacts } from './preflight-facts.ts';

/** Why nothing may be promoted, until `/resume`. */
export interface Hold {
  readonly code: HoldCode;
  readonly reason: string;
  readonly by: string;
  /** ms since the epoch. */
  readonly since: number;
}

export type HoldCode =
  | 'MANUAL'
  | 'NO_DATA'
  | 'DEADLINE_PASSED'
  | 'BASELINE_UNHEALTHY'
  | 'GATE_FAILED'
  | 'SLO_BURN'
  | 'TRAFFIC_DIFFERS'
  | 'SECURITY'
  | 'DATA_INTEGRITY'
  | 'STAGE_DEPLOYMENT_FAILED'
  | 'STAGE_BREACH'
  | 'CANARY_BREACH'
  | 'DEPLOYMENT_FAILED'
  | 'ROLLED_BACK_BY_COMMAND'
  | 'ROLLBACK_FAILED'
  | 'NO_VERIFIED_VERSION'
  | 'TAG_MOVED'
  | 'SUPERSEDED'
  | 'DRAFT_FAILED'
  | 'EVIDENCE_FAILED';

/** The deployment that is under way or was the last one. Steps: 0 is the stage, n is `canary.steps[n-1]`. */
export interface Deployment {
  /** `deploy/<n>` is its effect. */
  readonly n: number;
  readonly task: 'promote' | 'rollback';
  readonly environment: string;
  readonly step: number;
  readonly weight: number;
  readonly version: string;
  readonly githubId: number | null;
  readonly status: 'requested' | 'running' | 'success' | 'failure';
}

/** A report of a deployment whose number we have not been told yet. */
export interface EarlyReport {
  readonly deploymentId: number;
  readonly environment: string;
  readonly state: string;
  readonly description: string;
}

export interface Measuring {
  readonly step: number;
  readonly environment: string;
  /** The tick whose answer is awaited; numbers are never used twice in a release. */
  readonly tick: number;
  /** Answers seen at this step. */
  readonly seen: number;
  readonly judge: JudgeState;
  /** What the judge saw in this step, for the evidence. */
  readonly log: JudgeLog;
  readonly verdict: CanaryVerdict;
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
  readonly values: Readonly<Record<string, number>>;
}

/** The way from the final soak to GA; `attempt` makes each try's effects its own. */
export interface Finishing {
  readonly outcome: 'ga' | 'rolled-back';
  readonly stage: 'packing' | 'attaching' | 'publishing' | 'done';
  readonly attempt: number;
  readonly sha256: string | null;
  readonly bundleSha256: string | null;
}

/**
 * The newest word of this release's people about the lock of production. The newest over all releases of one way
 * holds, whichever issue it was written in.
 */
export interface LockNote {
  readonly state: 'held' | 'free';
  readonly owner: string;
  readonly reason: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly until: number;
}

/** A release that had to go back. Nothing else is promoted until a person says that it is resolved. */
export interface Failure {
  readonly reason: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly resolvedBy: string | null;
}

/** One row of the approvals matrix. */
export interface ApprovalRow {
  /** What was asked for: `50 %`, or the command. */
  readonly step: string;
  readonly command: string;
  readonly actor: string;
  readonly role: string | null;
  readonly decision: 'allowed' | 'denied' | 'waiting' | 'approved' | 'rejected';
  readonly reasons: readonly string[];
  /** Reason for access, as it was given. */
  readonly reason: string;
  /** The second persons behind an allowed command. */
  readonly approvedBy: readonly string[];
  /** Digest of the passkey that it was confirmed with; null: it was not. */
  readonly stepUp: string | null;
  /** Gates that were passed over by an override. */
  readonly overridden: readonly string[];
  readonly sha: string;
  readonly at: number;
  readonly url: string | null;
  /** Comment of the row, and when it was edited or deleted afterwards, ms since the epoch. */
  readonly commentId: number;
  readonly changedAt: number | null;
  readonly policySha256: string;
  /** Of what the policies were asked. Absent in states of before. */
  readonly inputSha256?: string;
}

/** How the Conductor's own attempts to take this step went. */
export interface Advance {
  readonly refused: number;
  /** ms since the epoch. */
  readonly notBefore: number;
}

export const notRefused: Advance = { refused: 0, notBefore: 0 };

export interface TimelineEntry {
  readonly at: number;
  readonly text: string;
  /** How it ended, for the deployment report; absent: nothing that ends. */
  readonly status?: TimelineStatus;
}

export type TimelineStatus = 'SUCCESS' | 'FAILED' | 'PASS' | 'FAIL';

export interface StatusContent {
  readonly body: string;
  readonly state: 'open' | 'closed';
}

/** A gate that people let this release pass for a while although it is not green. */
export interface Override {
  readonly n: number;
  readonly gate: GateName;
  readonly reason: string;
  readonly by: string;
  readonly approvedBy: readonly string[];
  /** ms since the epoch. */
  readonly at: number;
  readonly until: number;
}

/** A release as the Conductor remembers it. Plain JSON. */
export interface ReleaseState extends DeskState {
  readonly schema_version: 1;
  readonly tag: string;
  /** The tagged commit, frozen when the tag was pushed. */
  readonly sha: string;
  /** Service and production environment (`wayOf`); empty until the plan is loaded. */
  readonly way: string;
  readonly phase: Phase;
  readonly phaseSince: number;
  /** True while this release owns its way to production: another tag then waits in the queue. */
  readonly occupies: boolean;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly plan: ReleasePlanFacts | null;
  readonly problems: readonly string[];
  readonly trackingIssue: number | null;
  readonly incidentIssue: number | null;
  readonly releaseId: number | null;
  /** Comments that wait for the tracking issue's number. */
  readonly outbox: readonly { readonly id: string; readonly body: string }[];
  readonly gates: Readonly<Partial<Record<GateName, GateRecord>>>;
  /** What was last read of the world before the first deployment; whether an answer is awaited; what was said of it. */
  readonly preflight: PreflightFacts | null;
  readonly preflightAsked: boolean;
  readonly preflightTold: string;
  /** Last step that was reached: -1 none, 0 stage, n `canary.steps[n-1]`. */
  readonly step: number;
  /** When that step's deployment succeeded. */
  readonly stepSince: number;
  /** Percent of production traffic for this version, as last confirmed. */
  readonly weight: number;
  readonly stageVerifiedBy: 'metrics' | 'deployment and gates' | null;
  readonly deployment: Deployment | null;
  readonly earlyReports: readonly EarlyReport[];
  readonly measuring: Measuring | null;
  readonly hold: Hold | null;
  readonly lock: LockNote | null;
  readonly failure: Failure | null;
  readonly finishing: Finishing | null;
  readonly publishedUrl: string | null;
  /** Overrides ever made, those that have ended too. */
  readonly overrides: readonly Override[];
  readonly approvals: readonly ApprovalRow[];
  readonly promotedAt: number | null;
  readonly advance: Advance;
  readonly canaryRecords: readonly CanaryRecord[];
  readonly timeline: readonly TimelineEntry[];
  readonly status: Channel<StatusContent>;
  readonly statusCore: string;
  readonly statusAt: number;
  /** The feature flags of this release; absent until one is touched. */
  readonly flags?: FlagsState;
  /** The comparison a day after GA: when it was due and of what, then its outcome. */
  readonly kpiRequest?: { readonly dueAt: number; readonly windows: KpiWindows };
  readonly kpi?: KpiReport;
  /** Last number used in each series of effect ids. */
  readonly counters: Readonly<Record<string, number>>;
}

/** Before the tag is known. */
export const unknownRelease: ReleaseState = {
  schema_version: 1,
  tag: '',
  sha: '',
  way: '',
  phase: 'new',
  phaseSince: 0,
  occupies: false,
  startedBy: '',
  startedAt: 0,
  plan: null,
  problems: [],
  trackingIssue: null,
  incidentIssue: null,
  releaseId: null,
  outbox: [],
  gates: {},
  preflight: null,
  preflightAsked: false,
  preflightTold: '',
  step: -1,
  stepSince: 0,
  weight: 0,
  stageVerifiedBy: null,
  deployment: null,
  earlyReports: [],
  measuring: null,
  hold: null,
  lock: null,
  failure: null,
  finishing: null,
  publishedUrl: null,
  ...emptyDesk,
  overrides: [],
  approvals: [],
  promotedAt: null,
  advance: notRefused,
  canaryRecords: [],
  timeline: [],
  status: closedChannel,
  statusCore: '',
  statusAt: 0,
  counters: {},
};
