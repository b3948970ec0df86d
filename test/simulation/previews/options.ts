export interface MonthOptions {
  readonly seed: number;
  readonly days: number;
  /** Pull requests of the organisation, a day. */
  readonly pullRequests: number;
  readonly repositories: number;
  /** Chance that a webhook never comes. */
  readonly lostWebhooks: number;
  /** Chance that the pipeline fails an order. */
  readonly failures: number;
  /** US dollars a day of the whole organisation. */
  readonly budget: number;
}

export interface MonthReport {
  readonly pullRequests: number;
  readonly orders: number;
  /** Things of the provider that stood for closed pull requests an hour after the last event. */
  readonly orphans: number;
  /** The largest sum by which a day's true cost went above the budget, US dollars. */
  readonly overspent: number;
  /** What one sweep interval cost at the dearest moment, US dollars. */
  readonly sweepCost: number;
  readonly spent: number;
  readonly refusals: number;
  /** Calls to GitHub's API. */
  readonly calls: number;
  readonly mostCallsInAnHour: number;
}
