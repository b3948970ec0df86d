import type { ReleaseConfig } from '../config/schema.ts';
import type { DeploymentPayload } from './deployment-payload.ts';
import type { Confirmed } from './progress.ts';

/** What a release asks of the world, from its plan to the word to another release. */
export type ReleaseEffect =
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
      /** Traffic that has to be as the pipeline confirmed it; absent: none was moved yet, or it goes back. */
      readonly standing?: readonly Confirmed[];
    }
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
  /** Asks another release of the repository to give way; that release hears `release.superseded`. */
  | {
      readonly kind: 'supersedeRelease';
      readonly tag: string;
      readonly by: string;
      /** When `by` was tagged, ms since the epoch. */
      readonly since: number;
    }
  /** Tells another release that its failure is resolved; that release hears `failure.resolved`. */
  | { readonly kind: 'resolveFailure'; readonly tag: string; readonly by: string; readonly reason: string };

/** What a release deploys, and where to look for it. */
export interface ArtifactsInQuestion {
  readonly artifacts: ReleaseConfig['artifacts'];
  /** GitHub Release of the tag, where its files lie; null: not made yet. */
  readonly releaseId: number | null;
}
