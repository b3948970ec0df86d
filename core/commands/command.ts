import type { GateName } from '../gate/names.ts';
import type { PreviewCommand } from '../preview/event.ts';
import type { CommandName } from './names.ts';

/** Everything that people can say. The grammar makes them; each has a definition in `list/`. */
export type Command =
  | { readonly name: 'promote'; readonly weight: number | 'next'; readonly sha: string | null }
  | { readonly name: 'rollback'; readonly reason: string }
  | { readonly name: 'abort'; readonly reason: string }
  | { readonly name: 'hold'; readonly reason: string }
  | { readonly name: 'resume' }
  /** `sha` is the commit that is approved: the one that the comment names, or the one of the moment it was written. */
  | { readonly name: 'approve'; readonly sha: string | null }
  | { readonly name: 'reject'; readonly reason: string }
  /** `duration` in ms. */
  | {
      readonly name: 'override';
      readonly gate: GateName;
      readonly duration: number;
      readonly reason: string;
    }
  /** `ttl` in ms; null: the longest that the config allows. */
  | { readonly name: 'lock'; readonly ttl: number | null; readonly reason: string }
  | { readonly name: 'unlock' }
  | { readonly name: 'unblock'; readonly reason: string }
  /** `rerun` null: only shows them. */
  | { readonly name: 'gates'; readonly rerun: GateName | 'all' | null }
  | { readonly name: 'flags'; readonly action: 'show'; readonly flag: null; readonly reason: '' }
  | {
      readonly name: 'flags';
      readonly action: 'kill' | 'restore';
      readonly flag: string;
      readonly reason: string;
    }
  | { readonly name: 'preview'; readonly order: PreviewCommand }
  | { readonly name: 'escalate'; readonly reason: string }
  | { readonly name: 'plan' }
  | { readonly name: 'status' }
  | { readonly name: 'why' }
  | { readonly name: 'whocan'; readonly of: CommandName }
  | { readonly name: 'help'; readonly of: CommandName | null };

/** What may be added to every command. */
export interface CommandOptions {
  /** Says what would happen, and does nothing. */
  readonly dryRun: boolean;
  /** Reason for access, for a policy that asks for one. Empty when none was given. */
  readonly reason: string;
}

export const noOptions: CommandOptions = { dryRun: false, reason: '' };

/** A command as somebody wrote it. */
export interface Invocation {
  readonly command: Command;
  readonly options: CommandOptions;
}

/** Where a command can be written. */
export type Place = 'release' | 'pull request';
