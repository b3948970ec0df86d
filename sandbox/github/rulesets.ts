import { listField, objectField, oneOf, textField } from './fields.ts';
import type { Github } from './github.ts';
import type { Json } from './json.ts';
import { nodeId } from './payloads.ts';
import { protectionRulesets } from './protection.ts';
import type { NamePatterns, OrganisationRuleset, Rule, Ruleset } from './records.ts';
import { unprocessable } from './refusal.ts';
import { coversRef, matchesName } from './rules.ts';
import type { RepositoryState, World } from './world.ts';

/** Rule types that `rules.ts` enforces: another one is refused, never accepted and forgotten. */
const enforced = [
  'creation',
  'update',
  'deletion',
  'non_fast_forward',
  'required_linear_history',
  'pull_request',
  'required_status_checks',
  'merge_queue',
];

/** Where a ruleset was made. */
export type Source =
  | { readonly type: 'Repository'; readonly repository: RepositoryState }
  | { readonly type: 'Organization'; readonly name: string };

/** A ruleset with where it was made. */
export interface SourcedRuleset {
  readonly source: Source;
  readonly ruleset: Ruleset;
}

/** The rulesets over a repository: its own, then those of its organisation. */
export function rulesetsOver(world: World, repository: RepositoryState): readonly SourcedRuleset[] {
  const own: Source = { type: 'Repository', repository };
  const above: Source = { type: 'Organization', name: world.organisation };
  return [
    ...[...repository.rulesets.values()].map((ruleset) => ({ source: own, ruleset })),
    ...[...world.rulesets.values()]
      .filter((ruleset) => coversRepository(ruleset, repository, world))
      .map((ruleset) => ({ source: above, ruleset })),
  ];
}

/** Everything that decides about its refs, the classic protection of branches among it. */
export function rulesOver(world: World, repository: RepositoryState): readonly Ruleset[] {
  return [
    ...rulesetsOver(world, repository).map(({ ruleset }) => ruleset),
    ...protectionRulesets(repository),
  ];
}

/** Active rulesets over one ref. */
export function activeOver(
  world: World,
  repository: RepositoryState,
  ref: string,
): readonly SourcedRuleset[] {
  return rulesetsOver(world, repository).filter(
    ({ ruleset }) => ruleset.enforcement === 'active' && coversRef(ruleset, ref, repository.defaultBranch),
  );
}

function coversRepository(
  { repositories: { include, exclude } }: OrganisationRuleset,
  { owner, name }: RepositoryState,
  { organisation }: World,
): boolean {
  const matches = (pattern: string): boolean => pattern === '~ALL' || matchesName(pattern, name);
  return owner === organisation && include.some(matches) && !exclude.some(matches);
}

/** Throws 422 for a ruleset of the organisation that says nothing of repositories. */
export function parseOrganisationRuleset(
  body: Json,
  id: number,
  before: OrganisationRuleset | null,
  at: string,
): OrganisationRuleset {
  const named = objectField(objectField(body, 'conditions'), 'repository_name');
  const repositories =
    named.include === undefined && before !== null ? before.repositories : patternsOf(named);
  if (repositories.include.length === 0) throw unprocessable('conditions.repository_name is required');
  return { ...parseRuleset(body, id, before, at), repositories };
}

function patternsOf(names: Json): NamePatterns {
  const patterns = (name: string): readonly string[] => (names[name] ?? []) as readonly string[];
  return { include: patterns('include'), exclude: patterns('exclude') };
}

export function parseRuleset(body: Json, id: number, before: Ruleset | null, at: string): Ruleset {
  const has = (name: string): boolean => body[name] !== undefined || before === null;
  return {
    id,
    name: has('name') ? textField(body, 'name') : (before?.name ?? ''),
    target:
      body.target === undefined ? (before?.target ?? 'branch') : oneOf(body, 'target', ['branch', 'tag']),
    enforcement: has('enforcement')
      ? oneOf(body, 'enforcement', ['active', 'disabled', 'evaluate'])
      : (before?.enforcement ?? 'active'),
    bypassActors: has('bypass_actors') ? parseBypass(body) : (before?.bypassActors ?? []),
    conditions: has('conditions')
      ? patternsOf(objectField(objectField(body, 'conditions'), 'ref_name'))
      : (before?.conditions ?? { include: [], exclude: [] }),
    rules: has('rules') ? listField(body, 'rules').map(parseRule) : (before?.rules ?? []),
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  };
}

function parseBypass(body: Json): Ruleset['bypassActors'] {
  return listField(body, 'bypass_actors').map((actor) => ({
    actor_id: typeof actor.actor_id === 'number' ? actor.actor_id : null,
    actor_type: textField(actor, 'actor_type'),
    // Omitted means always: an easy way to leave a door open.
    bypass_mode: typeof actor.bypass_mode === 'string' ? actor.bypass_mode : 'always',
  }));
}

function parseRule(rule: Json): Rule {
  const type = textField(rule, 'type');
  if (!enforced.includes(type)) throw unprocessable(`the sandbox does not enforce the rule "${type}"`);
  return {
    type,
    ...(rule.parameters === undefined ? {} : { parameters: objectField(rule, 'parameters') }),
  };
}

/** In a list. */
export function renderBrief(github: Github, { source, ruleset }: SourcedRuleset): Json {
  const [name, api, html] =
    source.type === 'Repository'
      ? [source.repository.fullName, source.repository.path, `${source.repository.fullName}/rules`]
      : [source.name, `/orgs/${source.name}`, `organizations/${source.name}/settings/rules`];
  return {
    id: ruleset.id,
    node_id: nodeId('RepositoryRuleset', ruleset.id),
    name: ruleset.name,
    target: ruleset.target,
    source_type: source.type,
    source: name,
    enforcement: ruleset.enforcement,
    _links: {
      self: { href: `${github.url}${api}/rulesets/${ruleset.id}` },
      html: { href: `${github.url}/${html}/${ruleset.id}` },
    },
    created_at: ruleset.createdAt,
    updated_at: ruleset.updatedAt,
  };
}

/** In full. Who may bypass is shown to those who may change the ruleset, and left out for others. */
export function renderRuleset(github: Github, sourced: SourcedRuleset, mayChange: boolean): Json {
  const { ruleset } = sourced;
  const repositories = 'repositories' in ruleset ? { repository_name: ruleset.repositories } : {};
  return {
    ...renderBrief(github, sourced),
    ...(mayChange ? { bypass_actors: ruleset.bypassActors } : {}),
    conditions: { ref_name: ruleset.conditions, ...repositories },
    rules: ruleset.rules,
  };
}
