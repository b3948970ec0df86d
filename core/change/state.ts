import { type DeskState, emptyDesk } from '../commands/desk/state.ts';
import type { NotesConfig } from '../config/notes.ts';
import type { Channel } from '../flow/channel.ts';
import { closedChannel } from '../flow/channel.ts';
import type { Effect } from '../flow/effect.ts';
import type { GateName } from '../gate/names.ts';
import type { GateRecord } from '../gate/record.ts';
import type { ReleaseChange } from '../notes/change.ts';
import type { Outlook } from '../preview/outlook.ts';
import type { AsOf } from './as-of.ts';

export type CheckContent = Omit<Extract<Effect, { kind: 'publishCheck' }>, 'kind' | 'name'>;

/** The config is proposed; `awaited` until its plan is known. */
export type ProposedRules =
  | { readonly kind: 'awaited' }
  | { readonly kind: 'shown'; readonly text: string; readonly acceptable: boolean };

export type GateRecords = Readonly<Partial<Record<GateName, GateRecord>>>;

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
  /** How new this is; absent: not told. */
  readonly asOf?: AsOf;
  /** Newest result of each gate for `sha`. */
  readonly gates: GateRecords;
  /** Newest result of each gate in the previews of `sha`; absent: none has reported. */
  readonly previewed?: GateRecords;
  readonly checks: Readonly<Partial<Record<GateName, Channel<CheckContent>>>>;
  /** What merging this head means for the rules of the repository; null: it does not touch the config. */
  readonly rules: ProposedRules | null;
  /** `policy-ci` without the rules that it carries. */
  readonly policyCheck: CheckContent | null;
  /** The base branch has golden paths that must be walked in previews. */
  readonly walksPreviews?: boolean;
  /** What the preview said last of a commit, which may be another one than the head. */
  readonly outlook?: Outlook;
  /** `slo-gates` as the runs made it, without the preview that it waits for. */
  readonly sloCheck?: CheckContent | null;
  /** What it will add to the release notes; absent: not told. */
  readonly note?: { readonly change: ReleaseChange; readonly config: NotesConfig };
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
  rules: null,
  policyCheck: null,
  comment: closedChannel,
  ...emptyDesk,
  counters: {},
};
