import { signalsOf } from './checks.ts';
import type { Github } from './github.ts';
import { appIdOf, type Identity } from './identity.ts';
import { GithubRefusal, ruleViolation } from './refusal.ts';
import { type RefChange, refusals } from './rules.ts';
import { rulesOver } from './rulesets.ts';
import type { RepositoryState } from './world.ts';

export interface GitObject {
  readonly sha: string;
  readonly type: string;
}

export interface RefMove {
  /** Full: `refs/heads/main`. */
  readonly ref: string;
  readonly before: GitObject | null;
  readonly after: GitObject | null;
  readonly forced: boolean;
  readonly cause: Identity;
}

/** Throws 422 when a ruleset or an immutable release forbids the move. */
export function assertMayMove(
  github: Github,
  repository: RepositoryState,
  move: Omit<RefMove, 'after'> & { readonly kind: RefChange['kind']; readonly commit: string | null },
): void {
  const tag = /^refs\/tags\/(.+)$/.exec(move.ref)?.[1];
  const frozen = [...repository.releases.values()].some(
    (release) => release.immutable && release.tag === tag,
  );
  if (frozen)
    throw new GithubRefusal(422, `Cannot change the tag ${tag}: it belongs to an immutable release.`);

  const reasons = refusals(rulesOver(github.world, repository), {
    kind: move.kind,
    ref: move.ref,
    defaultBranch: repository.defaultBranch,
    forced: move.forced,
    actor: actorOf(github, repository, move.cause),
    facts: {
      signals: move.commit === null ? [] : signalsOf(repository, move.commit),
      approvals: 0,
      upToDate: true,
      mergeMethod: '',
    },
  });
  if (reasons.length > 0) throw ruleViolation(422, reasons);
}

export function actorOf(github: Github, repository: RepositoryState, who: Identity): RefChange['actor'] {
  const isPerson = who.kind === 'user';
  return {
    appId: appIdOf(who),
    role: isPerson ? github.world.roleOf(who.login, { owner: repository.owner }) : null,
    teamIds: isPerson ? github.world.teamIdsOf(who.login) : [],
  };
}

/** Where workflows run whose event names no commit: the last commit of the default branch. */
export async function onDefaultBranch(
  github: Github,
  repository: RepositoryState,
): Promise<{ readonly sha: string; readonly ref: string }> {
  const sha = await github.git.resolve(repository.fullName, `heads/${repository.defaultBranch}`);
  return { sha, ref: `refs/heads/${repository.defaultBranch}` };
}
