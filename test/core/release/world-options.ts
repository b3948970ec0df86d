import type { FlagTarget } from '../../../core/flags/model.ts';
import type { Effect } from '../../../core/flow/effect.ts';
import type { EffectSettled, GateReport, ReleaseEvent, ReleasePlanFacts } from '../../../core/flow/event.ts';
import type { KpiReading } from '../../../core/kpi/reading.ts';
import type { CanaryReading } from '../../../core/ports/metrics.ts';
import type { Neighbour } from '../../../core/release/neighbours.ts';
import type { PreflightFacts } from '../../../core/release/preflight-facts.ts';
import type { ReleaseState } from '../../../core/release/state.ts';
import type { World } from './world.ts';

export type Input = ReleaseEvent | EffectSettled;

export interface WorldOptions {
  readonly plan?: Partial<ReleasePlanFacts>;
  readonly reports?: readonly GateReport[];
  /** Results that were stored before the tag was pushed. */
  readonly earlierReports?: readonly GateReport[];
  /** Error rate of the new version at this moment; `weight` is its share of traffic in percent. */
  readonly errorRate?: (weight: number, seconds: number) => number;
  readonly baselineErrorRate?: number;
  /** Requests a second over both versions. */
  readonly rps?: number;
  readonly stageHasTraffic?: boolean;
  /** Readings that fail, by weight. */
  readonly blind?: (weight: number) => boolean;
  readonly deploymentState?: (
    effect: Extract<Effect, { kind: 'createDeployment' }>,
    n: number,
  ) => 'success' | 'failure';
  /** Refuses an effect: its outcome is an error. */
  readonly refuse?: (id: string) => boolean;
  /** Other releases of the repository. */
  readonly others?: readonly Pick<ReleaseState, 'tag' | 'way' | 'lock' | 'failure'>[];
  /** Why the provider does not take a change of a flag; undefined: it does. */
  readonly refuseFlag?: (flag: string, to: FlagTarget) => string | undefined;
  /** What the metrics say a day after GA. */
  readonly kpis?: (effect: Extract<Effect, { kind: 'measureKpis' }>) => readonly KpiReading[];
  /** What is read before the first deployment, where it is not as it should be. */
  readonly preflight?: Partial<PreflightFacts>;
  /** Objectives of production that burn; absent: there are none. */
  readonly burning?: (weight: number) => number | null;
  /** Reads the arms in place of the world's own counters. */
  readonly measure?: (
    effect: Extract<Effect, { kind: 'measureCanary' }>,
    world: World,
  ) => Promise<{ readonly reading: CanaryReading | null; readonly problem: string | null }>;
  readonly role?: string | null;
  readonly tagShaNow?: string;
  readonly sloBurn?: number | null;
  /** Does the release engineer type `/promote` whenever the Conductor says that it is ready? */
  readonly promotes?: boolean;
  readonly neighbours?: (seconds: number) => readonly Neighbour[];
  /** Chance in [0, 1): delays and repetitions of events. Absent: everything arrives at once and once. */
  readonly random?: () => number;
}
