/** The pipeline's last confirmed word on the traffic of an environment. */
export interface ActualTraffic {
  readonly deploymentId: number;
  readonly version: string;
  /** Percent of the traffic for `version`. */
  readonly weight: number;
}
