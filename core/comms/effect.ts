import type { NotifiedEvent } from '../config/notify.ts';

/** What is said, and where. */
export type TalkEffect =
  /** One comment per (issue, marker), edited in place. */
  | { readonly kind: 'upsertComment'; readonly issue: number; readonly marker: string; readonly body: string }
  /** A comment that is written once and never edited. */
  | { readonly kind: 'postComment'; readonly issue: number; readonly body: string }
  | {
      readonly kind: 'addReaction';
      readonly commentId: number;
      readonly content: '+1' | '-1' | 'eyes' | 'rocket' | 'confused';
    }
  /** Settles with `{ number }`. */
  | {
      readonly kind: 'openIssue';
      readonly title: string;
      readonly labels: readonly string[];
      readonly body: string;
      /** An issue that could not be found and takes its place again when it can: the App was away, not the issue. */
      readonly insteadOf?: number;
    }
  | {
      readonly kind: 'updateIssue';
      readonly issue: number;
      readonly body?: string;
      readonly state?: 'open' | 'closed';
    }
  /** Tells one of the configured targets (`release.notify`, `previews.daily_report.notify`) what happened. */
  | {
      readonly kind: 'notify';
      readonly target: { readonly kind: 'webhook' | 'slack'; readonly name: string };
      readonly event: NotifiedEvent | 'previews';
      readonly text: string;
      /** The release that it is about, if it is about one. */
      readonly release?: string;
    };
