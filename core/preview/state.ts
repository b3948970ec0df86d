import type { PreviewsConfig } from '../config/previews.ts';
import { type Channel, closedChannel } from '../flow/channel.ts';
import type { AggregateRef } from '../flow/event.ts';
import type { BudgetRefusal, LedgerRow } from './budget.ts';
import type { Meter } from './meter.ts';
import type { Place } from './offer.ts';
import type { Outlook } from './outlook.ts';
import type { Waiting } from './queue.ts';

/** What the pipeline is asked to do with a preview. `create` also brings an existing one to another commit or size. */
export type PreviewAction = 'create' | 'sleep' | 'wake' | 'destroy';

/** The order that is under way or was the last one. */
export interface Order {
  /** `order/<n>` is its effect. */
  readonly n: number;
  readonly action: PreviewAction;
  readonly sha: string;
  readonly size: string;
  readonly githubId: number | null;
  readonly status: 'requested' | 'success' | 'failure';
  readonly since: number;
}

/** What stands, as far as the pipeline has reported. */
export interface Running {
  readonly sha: string;
  readonly size: string;
  readonly asleep: boolean;
  /** When it was made at this commit, ms since the epoch. */
  readonly since?: number;
}

/** What a person decided. */
export interface Wish {
  readonly kind: 'start' | 'destroy';
  readonly by: string;
  readonly at: number;
}

/** The preview of one pull request. Plain JSON. */
export interface PreviewState {
  readonly schema_version: 1;
  /** It is found by its pull request, not by a commit. */
  readonly sha: null;
  readonly pullRequest: number;
  readonly open: boolean;
  readonly draft: boolean;
  readonly fork: boolean;
  readonly labelled: boolean;
  readonly headSha: string;
  readonly baseSha: string;
  /** The last config that declared previews; null: none ever did. */
  readonly config: PreviewsConfig | null;
  /** The base branch declares previews now. */
  readonly declared: boolean | null;
  /** Its golden paths have to be walked before the gate `slo` passes; absent: not read yet. */
  readonly walks?: boolean;
  /** What the pull request was told last to expect. */
  readonly told?: Outlook;
  /** Who let the head of a fork have a preview; a push voids it. */
  readonly approved: { readonly sha: string; readonly by: string } | null;
  readonly wish: Wish | null;
  readonly size: string | null;
  /** The dearer size that a person asked for, until it is known whether the day can pay for it. */
  readonly asksSize?: string | null;
  /** Why the last command was not obeyed, Markdown. */
  readonly notice?: string | null;
  /** Put to sleep by a person or by idleness. */
  readonly asleep: boolean;
  /** The day on which its money ran out: it sleeps until the next one. */
  readonly spentOn: string | null;
  /** End of life, ms since the epoch; null: it never began. */
  readonly expiresAt: number | null;
  /** The end of which people were warned. */
  readonly warnedOf?: number | null;
  /** Login of who opened the pull request. */
  readonly author?: string;
  readonly lastVisit: number;
  /** Something of it may exist: true from the first order until a teardown was confirmed. */
  readonly mayExist: boolean;
  readonly running: Running | null;
  readonly url: string | null;
  /** Our page that wakes it; null: we have no address of our own. */
  readonly gateway: string | null;
  readonly since: number;
  readonly order: Order | null;
  /** Failures in a row of the same action. */
  readonly failures: number;
  readonly refusal: Refusal | null;
  /** It stands in line for room; null or absent: it does not. */
  readonly waits?: Waiting | null;
  /** Who asked that others make room for it, while nobody has done it. */
  readonly makesRoom?: string | null;
  /** When it was refused, and why, oldest first. */
  readonly refusals?: readonly { readonly at: number; readonly kind: Refusal['kind'] }[];
  readonly orphanTold: boolean;
  readonly meter: Meter;
  /** What the cost endpoint said last; null: never, or none is configured. */
  readonly bill: Bill | null;
  /** What it said last on the day before. */
  readonly lastBill?: Bill | null;
  /** The cost endpoint is configured and did not answer: nothing is started. */
  readonly billUnknown: boolean;
  readonly comment: Channel<string>;
  readonly counters: Readonly<Record<string, number>>;
  /** Ids of the last commands. */
  readonly heard: readonly string[];
  /** What the other previews of the organisation cost, as of the last look, in sums (`inSum`). */
  readonly others: readonly LedgerRow[];
}

/** US dollars of its day, as of `at` (ms since the epoch). */
export interface Bill {
  readonly spentToday: number;
  readonly at: number;
}

export type Refusal =
  | { readonly kind: 'budget'; readonly refusal: BudgetRefusal }
  | {
      readonly kind: 'concurrency';
      readonly limit: number;
      readonly by: readonly number[];
      readonly oldest?: number;
    }
  /** There is room, and others have waited longer for it. */
  | { readonly kind: 'turn'; readonly after: readonly Place[] }
  | { readonly kind: 'fork' }
  /** It has the label, and drafts get none. */
  | { readonly kind: 'draft' }
  /** The config of the base branch declares no previews. */
  | { readonly kind: 'undeclared' }
  /** The cost endpoint did not answer. */
  | { readonly kind: 'cost-unknown' }
  | { readonly kind: 'failed'; readonly sha: string };

export const unknownPreview: PreviewState = {
  schema_version: 1,
  sha: null,
  pullRequest: 0,
  open: false,
  draft: false,
  fork: false,
  labelled: false,
  headSha: '',
  baseSha: '',
  config: null,
  declared: null,
  approved: null,
  wish: null,
  size: null,
  asleep: false,
  spentOn: null,
  expiresAt: null,
  lastVisit: 0,
  mayExist: false,
  running: null,
  url: null,
  gateway: null,
  since: 0,
  order: null,
  failures: 0,
  refusal: null,
  orphanTold: false,
  meter: [],
  bill: null,
  billUnknown: false,
  comment: closedChannel,
  counters: {},
  heard: [],
  others: [],
};

/** The environment of a preview on GitHub. */
export function environmentOf(pullRequest: number): string {
  return `preview/pr-${pullRequest}`;
}

/** The preview of a pull request. */
export function previewRef(repository: string, pullRequest: number): AggregateRef {
  return { kind: 'preview', repository, key: `pr/${pullRequest}` };
}

/** Nothing of it exists and nobody can want it. */
export function isOver(state: PreviewState): boolean {
  return !state.open && !state.mayExist;
}
