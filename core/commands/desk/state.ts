import type { Actor, CommandSource } from '../../flow/event.ts';
import type { StepUp } from '../../stepup/step-up.ts';
import type { Command, CommandOptions } from '../command.ts';

/** What is remembered of commands, in a release or a pull request. Plain JSON. */
export interface DeskState {
  /** Commands whose assessment is under way, by their key. */
  readonly assessing: Readonly<Record<string, PendingCommand>>;
  /** What became of each command, oldest first. */
  readonly answers: readonly CommandAnswer[];
  /** Answers to questions: a thread cannot be flooded through us. */
  readonly replies: number;
  /** Commands that are allowed and wait for something that the policy asks for besides. */
  readonly demands: readonly Demand[];
}

export const emptyDesk: DeskState = { assessing: {}, answers: [], replies: 0, demands: [] };

export interface PendingCommand {
  readonly command: Command;
  readonly options?: CommandOptions;
  readonly actor: Actor;
  readonly source: CommandSource;
}

export interface CommandAnswer {
  /** `<comment id>/<command>`: one command of one comment. */
  readonly key: string;
  readonly outcome: 'answered' | 'waiting' | 'accepted' | 'refused' | 'malformed' | 'ignored';
  readonly codes: readonly string[];
  /** How often its one reply was written. */
  readonly writes: number;
}

/** Something that the policy asks for beside permission. */
export interface Obligation {
  readonly code: string;
  readonly message: string;
}

/** An allowed command that waits for a second person or a confirmation. Bound to its commit and its step. */
export interface Demand extends PendingCommand {
  readonly n: number;
  /** Grows with every look at it: an answer to an older one is out of date. */
  readonly round: number;
  /** Key of the command's answer. */
  readonly key: string;
  readonly sha: string;
  /** Percent of traffic that the command asks for; null when it asks for none. */
  readonly weight: number | null;
  /** What was still open when it was last looked at. */
  readonly open: readonly Obligation[];
  readonly approvals: readonly Approval[];
  readonly stepUp: StepUp | null;
  /** Where the person confirms; null until the page is there, or when none is needed. */
  readonly stepUpUrl: string | null;
  /** ms since the epoch. */
  readonly since: number;
  readonly until: number;
}

/** A second person's word. It is void when its comment is not any more what it was. */
export interface Approval {
  readonly login: string;
  /** ms since the epoch. */
  readonly at: number;
  /** What was approved: this commit, this percent of traffic. */
  readonly sha: string;
  readonly weight: number | null;
  readonly commentId: number;
  readonly bodySha256: string;
  readonly url: string;
}
