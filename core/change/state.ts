import { type DeskState, emptyDesk } from '../commands/desk/state.ts';
import type { Channel } from '../flow/channel.ts';
import { closedChannel } from '../flow/channel.ts';
import type { Effect } from '../flow/effect.ts';
import type { GateName } from '../gate/names.ts';
import type { GateRecord } from '../gate/record.ts';

export type CheckContent = Omit<Extract<Effect, { kind: 'publishCheck' }>, 'kind' | 'name'>;

/** A pull request or a merge group, as the Conductor remembers it. */
export interface ChangeState extends DeskState {
  readonly schema_version: 1;
  /** Head commit; empty before the first `change.updated`. */
  readonly sha: string;
  readonly pullRequest: number | null;
  readonly headRef: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly author: string;
  readonly fork: boolean;
  readonly open: boolean;
  /** Newest result of each gate for `sha`. */
  readonly gates: Readonly<Partial<Record<GateName, GateRecord>>>;
  readonly checks: Readonly<Partial<Record<GateName, Channel<CheckContent>>>>;
  readonly comment: Channel<string>;
  /** Last number used in each series of effect ids. */
  readonly counters: Readonly<Record<string, number>>;
}

/** Before anything is known. */
export const unknownChange: ChangeState = {
  schema_version: 1,
  sha: '',
  pullRequest: null,
  headRef: '',
  baseRef: '',
  baseSha: '',
  author: '',
  fork: false,
  open: false,
  gates: {},
  checks: {},
  comment: closedChannel,
  ...emptyDesk,
  counters: {},
};
