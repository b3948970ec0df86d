import type { PreviewsConfig } from '../config/previews.ts';

/** What is true of the pull request and of the other previews now. */
export interface PreviewFacts {
  readonly open: boolean;
  readonly draft: boolean;
  readonly fork: boolean;
  readonly labels: readonly string[];
  readonly headSha: string;
  /** Commit of the base branch. */
  readonly baseSha: string;
  /** From the base branch; null: it has no `previews`; `as known`: the base has not moved. */
  readonly config: PreviewsConfig | null | 'as known';
  /** The base branch has golden paths that must be walked in previews; absent: as known. */
  readonly walks?: boolean;
  /** The pipeline's last word on the order that is awaited, for the case that its webhook was lost. */
  readonly report: PreviewReport | null;
  /** US dollars of today by the cost endpoint; null: none is configured; `unknown`: it did not answer. */
  readonly spentToday: number | null | 'unknown';
  /** Our page that wakes it. */
  readonly gateway: string | null;
  /** Login of who opened the pull request. */
  readonly author: string;
}

export interface PreviewReport {
  readonly deploymentId: number;
  readonly state: string;
  readonly url: string | null;
}

export type PreviewEvent =
  /** Something happened to the pull request, or it is time to look at it: its facts are read anew. */
  | { readonly type: 'preview.touched'; readonly pullRequest: number }
  | { readonly type: 'preview.read'; readonly pullRequest: number; readonly facts: PreviewFacts }
  /** Somebody put the label on; `mayApprove` is what GitHub says of that person's role at that moment. */
  | {
      readonly type: 'preview.labelled';
      readonly by: string;
      readonly mayApprove: boolean;
      readonly headSha: string;
    }
  /** A permitted command. `id` is what makes it one command, however often it is told. */
  | {
      readonly type: 'preview.commanded';
      readonly id: string;
      readonly pullRequest: number;
      readonly by: string;
      readonly order: PreviewCommand;
    }
  /** Somebody opened the gateway page. */
  | { readonly type: 'preview.visited' }
  | ({ readonly type: 'preview.reported' } & PreviewReport)
  | { readonly type: 'timer.fired'; readonly timer: string };

export type PreviewCommand =
  | { readonly kind: 'start' | 'destroy' | 'sleep' | 'wake' | 'make-room' }
  /** Told by another preview, for which somebody asked to make room: it sleeps, or its life ends. */
  | { readonly kind: 'yield'; readonly how: 'sleep' | 'destroy'; readonly to: number }
  | { readonly kind: 'extend'; readonly ms: number }
  | { readonly kind: 'size'; readonly size: string };

export function previewOrderText(order: PreviewCommand): string {
  switch (order.kind) {
    case 'start':
      return 'a preview of this pull request';
    case 'destroy':
      return 'that the preview goes';
    case 'sleep':
      return 'that the preview sleeps';
    case 'wake':
      return 'that the preview wakes';
    case 'make-room':
      return 'that others make room for the preview';
    case 'yield':
      return `that the preview makes room for #${order.to}`;
    case 'extend':
      return `${Math.round(order.ms / 3_600_000)} h more`;
    case 'size':
      return `the size ${order.size}`;
  }
}
