import type { Json } from './json.ts';
import type { Role, Rule, Ruleset } from './records.ts';

/** Somebody wants to change a ref. */
export interface RefChange {
  readonly kind: 'create' | 'update' | 'delete' | 'merge';
  /** Full: `refs/heads/main`. */
  readonly ref: string;
  readonly defaultBranch: string;
  /** The update drops commits that the ref has now. */
  readonly forced: boolean;
  readonly actor: {
    readonly appId: number | null;
    readonly role: Role | null;
    readonly teamIds: readonly number[];
  };
  readonly facts: {
    /** Checks and statuses of the commit that the ref would point to (of the head commit, for a merge). */
    readonly signals: readonly CheckSignal[];
    readonly approvals: number;
    readonly upToDate: boolean;
    readonly mergeMethod: string;
  };
}

/** The latest check run of a name by an app, or the latest status of a context. */
export interface CheckSignal {
  readonly context: string;
  readonly appId: number | null;
  /** GitHub counts `skipped` and `neutral` as passed (a reason to distrust names alone). */
  readonly passed: boolean;
}

/** Why the rulesets refuse a change; empty when they allow it. Every active rule of every matching ruleset counts. */
export function refusals(rulesets: Iterable<Ruleset>, change: RefChange): readonly string[] {
  const reasons: string[] = [];
  for (const ruleset of rulesets) {
    if (ruleset.enforcement !== 'active' || !coversRef(ruleset, change.ref, change.defaultBranch)) continue;
    if (mayBypass(ruleset, change)) continue;
    for (const rule of ruleset.rules) reasons.push(...refusalsOf(rule, change));
  }
  return [...new Set(reasons)];
}

/** Whether a ruleset's target and conditions name this ref. */
export function coversRef(ruleset: Ruleset, ref: string, defaultBranch: string): boolean {
  const prefix = ruleset.target === 'tag' ? 'refs/tags/' : 'refs/heads/';
  if (!ref.startsWith(prefix)) return false;
  const matches = (pattern: string): boolean => {
    if (pattern === '~ALL') return true;
    if (pattern === '~DEFAULT_BRANCH') return ref === `refs/heads/${defaultBranch}`;
    return matchesRef(pattern, ref);
  };
  return ruleset.conditions.include.some(matches) && !ruleset.conditions.exclude.some(matches);
}

/** Whether a pattern names this: a repository, say. */
export function matchesName(pattern: string, name: string): boolean {
  return globToRegExp(pattern).test(name);
}

/** Whether a pattern names this ref; `prefix` for patterns that are written without it. */
export function matchesRef(pattern: string, ref: string, prefix = ''): boolean {
  return matchesName(`${prefix}${pattern}`, ref);
}

function refusalsOf(rule: Rule, change: RefChange): readonly string[] {
  const { kind, forced, facts } = change;
  switch (rule.type) {
    case 'creation':
      return kind === 'create' ? ['Cannot create ref due to creations being restricted.'] : [];
    case 'update':
      return kind === 'update' || kind === 'merge' ? ['Cannot update this protected ref.'] : [];
    case 'deletion':
      return kind === 'delete' ? ['Cannot delete this protected ref.'] : [];
    case 'non_fast_forward':
      return kind === 'update' && forced ? ['Cannot force-push to this branch.'] : [];
    case 'required_linear_history':
      return kind === 'merge' && facts.mergeMethod === 'merge'
        ? ['This branch must not contain merge commits.']
        : [];
    case 'pull_request':
      return pullRequestRefusals(rule.parameters ?? {}, change);
    case 'required_status_checks':
      return statusCheckRefusals(rule.parameters ?? {}, change);
    case 'merge_queue':
      return kind === 'merge' ? ['Changes must be made through the merge queue.'] : [];
    default:
      return [`The sandbox does not know the rule "${rule.type}".`];
  }
}

function pullRequestRefusals(parameters: Json, { kind, facts }: RefChange): readonly string[] {
  if (kind === 'update') return ['Changes must be made through a pull request.'];
  if (kind !== 'merge') return [];
  const needed = Number(parameters.required_approving_review_count ?? 0);
  if (facts.approvals >= needed) return [];
  return [
    `At least ${needed} approving review${needed === 1 ? ' is' : 's are'} required by reviewers with write access.`,
  ];
}

function statusCheckRefusals(parameters: Json, { kind, facts }: RefChange): readonly string[] {
  if (kind === 'delete') return [];
  if (kind === 'create' && parameters.do_not_enforce_on_create === true) return [];
  const required = (parameters.required_status_checks ?? []) as readonly {
    readonly context: string;
    readonly integration_id?: number;
  }[];
  const missing = required.filter(
    ({ context, integration_id: appId }) =>
      !facts.signals.some(
        (signal) =>
          signal.context === context && signal.passed && (appId === undefined || signal.appId === appId),
      ),
  );
  const behind =
    kind === 'merge' && parameters.strict_required_status_checks_policy === true && !facts.upToDate
      ? ['The head branch is not up to date with the base branch.']
      : [];
  return [...missing.map(({ context }) => `Required status check "${context}" is expected.`), ...behind];
}

function mayBypass(ruleset: Ruleset, change: RefChange): boolean {
  return ruleset.bypassActors.some(({ actor_type: type, actor_id: id, bypass_mode: mode }) => {
    if (mode === 'pull_request' && change.kind !== 'merge') return false;
    const { appId, role, teamIds } = change.actor;
    switch (type) {
      case 'Integration':
        return appId !== null && appId === id;
      case 'OrganizationAdmin':
        return role === 'admin';
      case 'RepositoryRole':
        return id !== null && role === roleById[id];
      case 'Team':
        return id !== null && teamIds.includes(id);
      default:
        return false;
    }
  });
}

/** GitHub's ids of the base roles. */
const roleById: Readonly<Record<number, Role>> = { 2: 'maintain', 4: 'write', 5: 'admin' };

/** fnmatch, as GitHub uses it for refs: `*` stays within a segment, `**` does not. */
function globToRegExp(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  const body = escaped
    .replaceAll('**', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0000', '.*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${body}$`);
}
