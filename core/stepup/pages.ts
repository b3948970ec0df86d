import type { Command } from '../commands/command.ts';
import type { AggregateRef } from '../flow/event.ts';

/** What somebody is asked to confirm. The confirmation counts for exactly this. */
export interface StepUpRequest {
  readonly aggregate: AggregateRef;
  /** Of the demand in the aggregate's state. */
  readonly demand: number;
  readonly login: string;
  readonly command: Command;
  readonly sha: string;
  readonly weight: number | null;
  /** When it was asked for and until when it can be confirmed, ms since the epoch. */
  readonly at: number;
  readonly until: number;
  /** Idempotency key of the effect that opens the page. */
  readonly key: string;
}

/** The pages on which people confirm a command with a passkey. */
export interface StepUpPages {
  /**
   * Opens a page and gives its address. The same key gives the same address.
   *
   * @throws ConfigError `STEP_UP_UNAVAILABLE` where people cannot sign in.
   */
  open(request: StepUpRequest): Promise<string>;
}
