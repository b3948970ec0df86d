/** One commit of a release as its notes tell it. What is not stated was not said. */
export interface ReleaseChange {
  readonly sha: string;
  /** First line of the message, of a merged pull request its title. */
  readonly title: string;
  readonly author: string;
  readonly pullRequest: number | null;
  /** Conventional Commits 1.0.0: type in lower case, scope, and what follows the colon. */
  readonly type?: string;
  readonly scope?: string;
  readonly subject?: string;
  /** Notes of a breaking change; one that is only marked by `!` has its subject. */
  readonly breaking?: readonly string[];
  readonly reverts?: Reverted;
  readonly labels?: readonly string[];
}

/** What a revert says that it takes back: any of the three finds it. */
export interface Reverted {
  readonly sha: string | null;
  readonly pullRequest: number | null;
  readonly title: string | null;
}

/** Without types of its own a change has the text of its title. */
export function textOf({ subject, title }: ReleaseChange): string {
  return subject ?? title;
}
