import { createHash } from 'node:crypto';

export const appLogin = 'conductor[bot]';
export const appSlug = 'conductor';
export const repositoryName = 'acme/shop';
export const installationId = 7;

export interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly author: string;
  readonly parents: readonly string[];
  readonly files: ReadonlyMap<string, string>;
}

/** Anything with an author that GitHub keeps; `visibleFrom` is when every one of its replicas shows it. */
interface Kept {
  readonly id: number;
  readonly author: string;
  readonly createdAt: number;
}
export interface Comment extends Kept {
  readonly issue: number;
  body: string;
}
export interface Issue extends Kept {
  readonly title: string;
  body: string;
  state: 'open' | 'closed';
}
export interface Check extends Kept {
  readonly sha: string;
  readonly name: string;
  status: string;
  conclusion: string | null;
  externalId: string;
}
export interface Deployment extends Kept {
  readonly sha: string;
  readonly environment: string;
  readonly task: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly statuses: { readonly state: string; readonly at: number }[];
}
export interface Release extends Kept {
  readonly tag: string;
  draft: boolean;
  body: string;
  publishedAt: number;
}
export interface Asset extends Kept {
  readonly release: number;
  readonly name: string;
  readonly bytes: Uint8Array;
}
/** What a pull request was from `at` on. */
export interface PullVersion {
  readonly at: number;
  readonly headSha: string;
  readonly state: 'open' | 'closed';
}
export interface Run {
  readonly id: number;
  readonly sha: string;
  readonly event: string;
  readonly branch: string | null;
  attempt: number;
  status: 'in_progress' | 'completed';
  readonly createdAt: number;
  /** When its latest attempt began. */
  startedAt: number;
  /** Where its head is: the repository itself, or a fork. */
  readonly head: string;
  /** Begins its next attempt. */
  readonly again: () => void;
}

/** GitHub runs again what is younger than a month: one of five runs counts as older. */
export function isTooOld({ id }: Run): boolean {
  return id % 5 === 0;
}
export interface Artifact {
  readonly id: number;
  readonly run: number;
  readonly createdAt: number;
  readonly zip: Uint8Array;
}

/** One repository on the modelled GitHub: plain data, changed by its API, its people and its pipeline. */
export class Repository {
  readonly commits = new Map<string, Commit>();
  /** Every value that a ref ever had, newest last; null: it was deleted. */
  readonly refs = new Map<string, { readonly at: number; readonly sha: string | null }[]>();
  readonly comments: Comment[] = [];
  readonly issues: Issue[] = [];
  readonly checks: Check[] = [];
  readonly deployments: Deployment[] = [];
  readonly releases: Release[] = [];
  readonly assets: Asset[] = [];
  readonly reactions: { readonly comment: number; readonly content: string }[] = [];
  /** Every version that a pull request ever had, by its number, newest last. */
  readonly pulls = new Map<number, readonly PullVersion[]>();
  readonly runs: Run[] = [];
  readonly artifacts: Artifact[] = [];
  readonly roles = new Map<string, string>();
  #lastId = 1_000;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  commit(message: string, parent: string | null, files: ReadonlyMap<string, string>): Commit {
    const sha = createHash('sha1')
      .update(`${message}\n${parent ?? ''}\n${this.commits.size}`)
      .digest('hex');
    const commit = { sha, message, author: 'alice', parents: parent === null ? [] : [parent], files };
    this.commits.set(sha, commit);
    return commit;
  }

  setRef(name: string, sha: string | null, at: number): void {
    const values = this.refs.get(name) ?? [];
    values.push({ at, sha });
    this.refs.set(name, values);
  }

  /** What a ref pointed to at a time. */
  refAt(name: string, at: number): string | null {
    return this.refs.get(name)?.findLast((value) => value.at <= at)?.sha ?? null;
  }

  /** From `sha` to the first commit, newest first. */
  ancestry(sha: string): readonly Commit[] {
    const found: Commit[] = [];
    for (let at: string | undefined = sha; at !== undefined; ) {
      const commit = this.commits.get(at);
      if (commit === undefined) break;
      found.push(commit);
      at = commit.parents[0];
    }
    return found;
  }
}

/** A pull request as it was at a time; null: there was none. */
export function pullAt({ pulls }: Repository, number: number, at: number): PullVersion | null {
  return pulls.get(number)?.findLast((version) => version.at <= at) ?? null;
}
