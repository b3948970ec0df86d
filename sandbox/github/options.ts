import type { SandboxGithub } from '../contract.ts';
import type { Faults } from './faults.ts';
import type { Permissions } from './identity.ts';
import type { RequestEntry, Violation } from './journal.ts';
import type { MergeGroup, Role } from './records.ts';

export interface GithubOptions {
  readonly organisation: string;
  readonly users: readonly { readonly login: string; readonly role: Role }[];
  /** Members are active; `pending` ones have not accepted yet. */
  readonly teams?: readonly {
    readonly slug: string;
    readonly members: readonly string[];
    readonly pending?: readonly string[];
  }[];
  readonly repository: {
    readonly name: string;
    /** A folder, or contents by path. */
    readonly files: string | ReadonlyMap<string, Uint8Array | string>;
    /** Default `main`. */
    readonly defaultBranch?: string;
  };
  readonly app: {
    readonly permissions: Permissions;
    readonly events: readonly string[];
    /** Default `release-conductor`. */
    readonly slug?: string;
    readonly name?: string;
    /** Default 4711. */
    readonly appId?: number;
    readonly webhookSecret?: string;
  };
  /** Default 0: chosen by the system. */
  readonly port?: number;
  /** Compare requests, answers and payloads with GitHub's description. Default true. */
  readonly validate?: boolean;
  /** Where violations are told. Default `console.warn`. */
  readonly print?: (line: string) => void;
}

/** The local GitHub, with what tests and the demo may do to it beyond the API. */
export interface LocalGithub extends SandboxGithub {
  readonly faults: Faults;
  requests(): readonly RequestEntry[];
  /** What was not as GitHub describes it, emulate's own answers included (`source: 'emulate'`). */
  violations(): readonly Violation[];
  setImmutableReleases(repository: string, enabled: boolean): void;
  /** Adds a repository to the organisation, with the App installed. */
  addRepository(name: string, files: GithubOptions['repository']['files']): Promise<void>;
  /** Queues a pull request in the merge queue. */
  createMergeGroup(repository: string, pullRequest: number): Promise<MergeGroup>;
  destroyMergeGroup(
    repository: string,
    headSha: string,
    reason: 'merged' | 'invalidated' | 'dequeued',
  ): Promise<void>;
  /** Sends `installation.created`, as when an administrator installs the App. */
  announceInstallation(): Promise<void>;
  /** As when an administrator suspends the App: its tokens open nothing, and it hears nothing but that. */
  suspendInstallation(isSuspended: boolean): Promise<void>;
  /** Waits until no webhook delivery is under way. */
  settled(): Promise<void>;
}
