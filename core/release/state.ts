import { type DeskState, emptyDesk } from '../commands/desk/state.ts';
import type { CanaryRecord } from '../evidence/inputs.ts';
import type { FlagsState } from '../flags/model.ts';
import { type Channel, closedChannel } from '../flow/channel.ts';
import type { ReleasePlanFacts } from '../flow/event.ts';
import type { GateName } from '../gate/names.ts';
import type { GateRecord } from '../gate/record.ts';
import type { KpiReport } from '../kpi/report.ts';
import type { KpiWindows } from '../kpi/windows.ts';
import type { ApprovalRow, StatusContent, TimelineEntry } from './accounts.ts';
import type { Failure, Hold, LockNote, Override } from './hindrance.ts';
import type { Phase } from './phase.ts';
import type { PreflightFacts } from './preflight-facts.ts';
import {
  type Advance,
  type Confirmed,
  type Deployment,
  type EarlyReport,
  type Finishing,
  type Measuring,
  notRefused,
  type Restoring,
} from './progress.ts';

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
  /** A tracking issue that could not be found any more, until there is another. */
  readonly lostIssue?: number;
  readonly incidentIssue: number | null;
  readonly releaseId: number | null;
  /** Comments that wait for the tracking issue's number. */
  readonly outbox: readonly { readonly id: string; readonly body: string }[];
  readonly gates: Readonly<Partial<Record<GateName, GateRecord>>>;
  /** What was last read of the world before the first deployment; whether an answer is awaited; what was said of it. */
  readonly preflight: PreflightFacts | null;
  readonly preflightAsked: boolean;
  readonly preflightTold: string;
  /** Last step that was reached: -1 none, 0 stage, n the nth rung of the ladder. */
  readonly step: number;
  /** When that step's deployment succeeded. */
  readonly stepSince: number;
  /** Percent of the traffic of that step's environment for this version, as last confirmed. */
  readonly weight: number;
  readonly stageVerifiedBy: 'metrics' | 'deployment and gates' | null;
  readonly deployment: Deployment | null;
  /** The last word on each production environment that was reached; absent in states of before. */
  readonly confirmed?: readonly Confirmed[];
  /** While it goes back: production environments whose turn comes, and those that could not be given back. */
  readonly restoring?: Restoring;
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
