import type { PreviewPayload } from '../preview/effect.ts';
import type { ActualTraffic } from '../release/actual-traffic.ts';
import type { DeploymentPayload } from '../release/deployment-payload.ts';
import type { ForeignDeployment } from '../release/preflight-facts.ts';

/**
 * Whoever moves the traffic, in one repository. The Conductor orders a weight and listens; what is different from
 * platform to platform is behind the pipeline that carries the order out.
 */
export interface Deployer {
  /** Orders a weight. Ordered again with the same key, it is the same order. */
  order(order: DeploymentOrder): Promise<{ readonly id: number }>;
  /** The newest word about an order (`queued`, `in_progress`, `success`, `failure` …); null: none yet. */
  stateOf(id: number): Promise<string | null>;
  /** As `stateOf`, with the address at which the pipeline says it stands. */
  reportOf(id: number): Promise<{ readonly state: string; readonly url: string | null } | null>;
  /** Takes an environment with all its settings from GitHub; one that is gone already is gone. */
  removeEnvironment(environment: string): Promise<void>;
  /** What was last carried out, whoever ordered it; null: nothing that says a version and a weight. */
  actual(place: DeploymentPlace): Promise<ActualTraffic | null>;
  /** What others have under way in the environment. */
  foreign(environment: string): Promise<readonly ForeignDeployment[]>;
}

export interface DeploymentOrder {
  readonly key: string;
  readonly sha: string;
  readonly environment: string;
  readonly task: 'promote' | 'rollback' | 'preview';
  readonly description: string;
  readonly payload: DeploymentPayload | PreviewPayload;
  /** Workflow to start with the order in its inputs; absent: the pipeline listens to the deployment itself. */
  readonly workflow?: string;
}

export interface DeploymentPlace {
  readonly environment: string;
  readonly service: string | null;
}
