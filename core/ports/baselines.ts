/** Whose numbers a baseline holds: one service in one environment. Those of two are never compared. */
export interface BaselineOf {
  readonly service: string;
  readonly environment: string;
}

/** Past runs that somebody else keeps, out of reach of the change. */
export interface Baselines {
  /**
   * The runs of promoted releases, as a baseline document, and the address it came from. Throws `ConductorError`
   * when it cannot be had: no baseline and an unreachable one are two things.
   */
  readPerf(of: BaselineOf): Promise<{ readonly address: string; readonly bytes: Uint8Array }>;
}
