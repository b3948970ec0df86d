import { reads, writes } from '../access.ts';
import { type Call, created, noContent, ok } from '../call.ts';
import { listField, objectField, oneOf, textField } from '../fields.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { page } from '../pages.ts';
import { nodeId } from '../payloads.ts';
import type { Rule, Ruleset } from '../records.ts';
import { onDefaultBranch } from '../refs.ts';
import { notFound, unprocessable } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import { coversRef } from '../rules.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';

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

export const rulesetRoutes: readonly Route[] = [
  onRepository(`GET ${base}/rulesets`, reads('metadata'), (call, repository, github) =>
    page(
      call,
      github.url,
      [...repository.rulesets.values()].map((ruleset) => renderBrief(github, repository, ruleset)),
    ),
  ),
  onRepository(
    `POST ${base}/rulesets`,
    writes('administration', 'admin'),
    async (call, repository, github) => {
      const ruleset = parseRuleset(call.body, github.world.nextId(), null, github.now());
      repository.rulesets.set(ruleset.id, ruleset);
      await announce(call, repository, github, ruleset, 'created');
      return created(renderRuleset(github, repository, ruleset));
    },
  ),
  onRepository(`GET ${base}/rulesets/{ruleset_id}`, reads('metadata'), (call, repository, github) =>
    ok(renderRuleset(github, repository, rulesetOf(call, repository))),
  ),
  onRepository(
    `PUT ${base}/rulesets/{ruleset_id}`,
    writes('administration', 'admin'),
    async (call, repository, github) => {
      const before = rulesetOf(call, repository);
      const ruleset = parseRuleset(call.body, before.id, before, github.now());
      repository.rulesets.set(ruleset.id, ruleset);
      await announce(call, repository, github, ruleset, 'edited');
      return ok(renderRuleset(github, repository, ruleset));
    },
  ),
  onRepository(
    `DELETE ${base}/rulesets/{ruleset_id}`,
    writes('administration', 'admin'),
    async (call, repository, github) => {
      const ruleset = rulesetOf(call, repository);
      repository.rulesets.delete(ruleset.id);
      await announce(call, repository, github, ruleset, 'deleted');
      return noContent();
    },
  ),
  onRepository(`GET ${base}/rules/branches/{branch}`, reads('metadata'), (call, repository, github) => {
    const ref = `refs/heads/${call.params.branch}`;
    const rules = [...repository.rulesets.values()]
      .filter(
        (ruleset) => ruleset.enforcement === 'active' && coversRef(ruleset, ref, repository.defaultBranch),
      )
      .flatMap((ruleset) =>
        ruleset.rules.map((rule) => ({
          ...rule,
          ruleset_source_type: 'Repository',
          ruleset_source: repository.fullName,
          ruleset_id: ruleset.id,
        })),
      );
    return page(call, github.url, rules);
  }),
];

function parseRuleset(body: Json, id: number, before: Ruleset | null, at: string): Ruleset {
  const conditions = objectField(objectField(body, 'conditions'), 'ref_name');
  const patterns = (name: string): readonly string[] => (conditions[name] ?? []) as readonly string[];
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
      ? { include: patterns('include'), exclude: patterns('exclude') }
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

function renderBrief(github: Github, repository: RepositoryState, ruleset: Ruleset): Json {
  return {
    id: ruleset.id,
    node_id: nodeId('RepositoryRuleset', ruleset.id),
    name: ruleset.name,
    target: ruleset.target,
    source_type: 'Repository',
    source: repository.fullName,
    enforcement: ruleset.enforcement,
    _links: {
      self: { href: `${github.url}${repository.path}/rulesets/${ruleset.id}` },
      html: { href: `${github.url}/${repository.fullName}/rules/${ruleset.id}` },
    },
    created_at: ruleset.createdAt,
    updated_at: ruleset.updatedAt,
  };
}

function renderRuleset(github: Github, repository: RepositoryState, ruleset: Ruleset): Json {
  return {
    ...renderBrief(github, repository, ruleset),
    bypass_actors: ruleset.bypassActors,
    conditions: { ref_name: ruleset.conditions },
    rules: ruleset.rules,
  };
}

async function announce(
  call: Call,
  repository: RepositoryState,
  github: Github,
  ruleset: Ruleset,
  action: 'created' | 'edited' | 'deleted',
): Promise<void> {
  const payload = { action, repository_ruleset: renderRuleset(github, repository, ruleset) };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'repository_ruleset', payload, cause: call.who, on });
}

function rulesetOf(call: Call, repository: RepositoryState): Ruleset {
  const ruleset = repository.rulesets.get(Number(call.params.ruleset_id));
  if (ruleset === undefined) throw notFound();
  return ruleset;
}
