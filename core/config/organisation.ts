import type { GovernanceConfig } from './governance.ts';

type Ruleset = GovernanceConfig['rulesets'][string];
type Environment = GovernanceConfig['environments'][string];

/** The repository of an organisation whose config holds for all of its repositories. */
export const organisationRepository = '.github';

/**
 * The organisation's rules and the repository's own, the stricter of both in every place: a repository adds and
 * tightens, and what it says more weakly has no effect.
 */
export function stricterOf(
  organisation: GovernanceConfig,
  own: GovernanceConfig | undefined,
): GovernanceConfig {
  if (own === undefined) return organisation;
  return {
    mode: organisation.mode === 'repair' ? 'repair' : own.mode,
    deletes: organisation.deletes || own.deletes,
    max_changes: Math.min(organisation.max_changes, own.max_changes),
    rulesets: merged(organisation.rulesets, own.rulesets, stricterRuleset),
    environments: merged(organisation.environments, own.environments, stricterEnvironment),
    labels: { ...own.labels, ...organisation.labels },
    codeowners: union(organisation.codeowners, own.codeowners),
  };
}

function merged<One>(
  organisation: Readonly<Record<string, One>>,
  own: Readonly<Record<string, One>>,
  stricter: (theirs: One, own: One) => One,
): Record<string, One> {
  const both = Object.entries(organisation).map(([name, theirs]): [string, One] => {
    const mine = Object.hasOwn(own, name) ? own[name] : undefined;
    return [name, mine === undefined ? theirs : stricter(theirs, mine)];
  });
  return { ...own, ...Object.fromEntries(both) };
}

const enforcements = ['disabled', 'evaluate', 'active'] as const;

/** Refs add up, ways round it do not: who may bypass must be in both lists. */
function stricterRuleset(theirs: Ruleset, own: Ruleset): Ruleset {
  const level = Math.max(enforcements.indexOf(theirs.enforcement), enforcements.indexOf(own.enforcement));
  return {
    target: theirs.target,
    enforcement: enforcements[level] ?? 'active',
    include: union(theirs.include, own.include),
    exclude: theirs.exclude.filter((pattern) => own.exclude.includes(pattern)),
    bypass: theirs.bypass.flatMap((one) => {
      const mine = own.bypass.find((other) => actorOf(other) === actorOf(one));
      return mine === undefined ? [] : [one.mode === 'pull_request' ? one : mine];
    }),
    pull_request: stricterReview(theirs.pull_request, own.pull_request),
    required_checks: stricterChecks(theirs.required_checks, own.required_checks),
    merge_queue: theirs.merge_queue ?? own.merge_queue,
    block: union(theirs.block, own.block),
    linear_history: theirs.linear_history || own.linear_history,
    signed_commits: theirs.signed_commits || own.signed_commits,
  };
}

function actorOf({ mode: _, ...actor }: Ruleset['bypass'][number]): string {
  return JSON.stringify(Object.entries(actor).toSorted());
}

function stricterReview(
  theirs: Ruleset['pull_request'],
  own: Ruleset['pull_request'],
): Ruleset['pull_request'] {
  if (theirs === undefined || own === undefined) return theirs ?? own;
  return {
    approvals: Math.max(theirs.approvals, own.approvals),
    code_owners: theirs.code_owners || own.code_owners,
    dismiss_stale: theirs.dismiss_stale || own.dismiss_stale,
    last_push: theirs.last_push || own.last_push,
    resolved_threads: theirs.resolved_threads || own.resolved_threads,
  };
}

function stricterChecks(
  theirs: Ruleset['required_checks'],
  own: Ruleset['required_checks'],
): Ruleset['required_checks'] {
  if (theirs === undefined || own === undefined) return theirs ?? own;
  const added = own.others.filter(
    ({ name, app }) => !theirs.others.some((other) => other.name === name && other.app === app),
  );
  return {
    gates: theirs.gates === 'all' || own.gates === 'all' ? 'all' : union(theirs.gates, own.gates),
    others: [...theirs.others, ...added],
    up_to_date: theirs.up_to_date || own.up_to_date,
  };
}

function stricterEnvironment(theirs: Environment, own: Environment): Environment {
  return {
    wait_minutes: Math.max(theirs.wait_minutes, own.wait_minutes),
    reviewers: stricterReviewers(theirs.reviewers, own.reviewers),
    prevent_self_review: theirs.prevent_self_review || own.prevent_self_review,
    refs: stricterRefs(theirs.refs, own.refs),
    conductor: theirs.conductor || own.conductor,
  };
}

/** One approval of the list is enough on GitHub: a shorter list is the stricter one, an empty list asks nobody. */
function stricterReviewers(
  theirs: Environment['reviewers'],
  own: Environment['reviewers'],
): Environment['reviewers'] {
  const isEmpty = ({ teams, users }: Environment['reviewers']): boolean => teams.length + users.length === 0;
  if (isEmpty(theirs)) return own;
  const both = {
    teams: theirs.teams.filter((team) => own.teams.includes(team)),
    users: theirs.users.filter((user) => own.users.includes(user)),
  };
  return isEmpty(both) ? theirs : both;
}

/** Two different lists of patterns are not compared: the refs that are in both lists, else the organisation's. */
function stricterRefs(theirs: Environment['refs'], own: Environment['refs']): Environment['refs'] {
  if (theirs === 'all') return own;
  if (typeof theirs === 'string' || typeof own === 'string') return theirs;
  const both = {
    branches: theirs.branches.filter((pattern) => own.branches.includes(pattern)),
    tags: theirs.tags.filter((pattern) => own.tags.includes(pattern)),
  };
  return both.branches.length + both.tags.length === 0 ? theirs : both;
}

function union<One>(a: readonly One[], b: readonly One[]): One[] {
  return [...new Set([...a, ...b])];
}
