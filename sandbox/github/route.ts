import type { Need } from './access.ts';
import type { Answer, Call } from './call.ts';
import type { Github } from './github.ts';
import type { RepositoryState } from './world.ts';

/** One operation of the API. `operation` is spelled as in GitHub's description. */
export interface Route {
  readonly operation: string;
  readonly needs: Need;
  readonly answer: (call: Call, github: Github) => Answer | Promise<Answer>;
}

/** An operation below `/repos/{owner}/{repo}`. */
export type RepositoryHandler = (
  call: Call,
  repository: RepositoryState,
  github: Github,
) => Answer | Promise<Answer>;

/** A route whose repository is looked up first: an unknown one is answered with 404. */
export function onRepository(operation: string, needs: Need, handler: RepositoryHandler): Route {
  return {
    operation,
    needs,
    answer: (call, github) => handler(call, github.world.repositoryOf(call.params), github),
  };
}

/** A route that emulate answers, in the caller's own name. */
export function forwarded(operation: string, needs: Need): Route {
  return { operation, needs, answer: (call, github) => github.upstream.forward(call) };
}
