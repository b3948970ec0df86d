/** What a deployment tells the repository's pipeline. */
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
