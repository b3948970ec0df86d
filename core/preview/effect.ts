import type { PreviewCommand } from './event.ts';
import type { Outlook } from './outlook.ts';
import type { PreviewAction } from './state.ts';

/** What a preview's deployment tells the repository's pipeline; `task` of the deployment is `preview`. */
export interface PreviewPayload {
  readonly schema_version: 1;
  readonly pull_request: number;
  readonly action: PreviewAction;
  /** Head of the pull request: what is built. The deployment itself may stand on the base, see `give`. */
  readonly sha: string;
  /** Commit of the base branch: what the gates compare with. */
  readonly base_sha: string;
  readonly size: string;
  /** The head comes from a fork: the pipeline gives it no secret. */
  readonly fork: boolean;
}

export type PreviewEffect =
  /** Reads the pull request, its config and the ledger; answers with `preview.read`. */
  | {
      readonly kind: 'readPreview';
      readonly pullRequest: number;
      /** The base commit whose config is known already. */
      readonly baseSha: string;
      /** A deployment on which nobody has reported yet. */
      readonly awaited: number | null;
    }
  /** Settles with `{ deploymentId }`; progress arrives as `preview.reported`. */
  | {
      readonly kind: 'orderPreview';
      readonly environment: string;
      readonly sha: string;
      readonly description: string;
      readonly payload: PreviewPayload;
    }
  /** Somebody who may has said it on the pull request: the preview hears of it as `preview.commanded`. */
  | {
      readonly kind: 'commandPreview';
      readonly pullRequest: number;
      readonly by: string;
      readonly order: PreviewCommand;
    }
  /** The pull request's gates hear what to expect of its preview, as `preview.expected`. */
  | { readonly kind: 'tellChange'; readonly pullRequest: number; readonly outlook: Outlook }
  /** Room was made: those who wait are told to look, in the order in which they came. */
  | { readonly kind: 'callWaiting' }
  /** The provider confirmed that it is gone: GitHub forgets it too, which no token of a workflow may ask for. */
  | { readonly kind: 'removeEnvironment'; readonly environment: string }
  | { readonly kind: 'removeLabel'; readonly issue: number; readonly label: string };
