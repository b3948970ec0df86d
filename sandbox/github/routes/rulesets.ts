import { mayAdminister, reads, writes } from '../access.ts';
import { type Call, created, noContent, ok } from '../call.ts';
import type { Github } from '../github.ts';
import { page } from '../pages.ts';
import type { Ruleset } from '../records.ts';
import { onDefaultBranch } from '../refs.ts';
import { notFound } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import {
  activeOver,
  parseRuleset,
  renderBrief,
  renderRuleset,
  rulesetsOver,
  type SourcedRuleset,
} from '../rulesets.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';

export const rulesetRoutes: readonly Route[] = [
  onRepository(`GET ${base}/rulesets`, reads('metadata'), (call, repository, github) =>
    page(
      call,
      github.url,
      listed(call, repository, github).map((sourced) => renderBrief(github, sourced)),
    ),
  ),
  onRepository(
    `POST ${base}/rulesets`,
    writes('administration', 'admin'),
    async (call, repository, github) => {
      const ruleset = parseRuleset(call.body, github.world.nextId(), null, github.now());
      repository.rulesets.set(ruleset.id, ruleset);
      await announce(call, repository, github, ruleset, 'created');
      return created(renderRuleset(github, ownOf(repository, ruleset), true));
    },
  ),
  onRepository(`GET ${base}/rulesets/{ruleset_id}`, reads('metadata'), (call, repository, github) => {
    const found = listed(call, repository, github).find(
      ({ ruleset }) => ruleset.id === Number(call.params.ruleset_id),
    );
    if (found === undefined) throw notFound();
    return ok(renderRuleset(github, found, mayChange(call, found, github)));
  }),
  onRepository(
    `PUT ${base}/rulesets/{ruleset_id}`,
    writes('administration', 'admin'),
    async (call, repository, github) => {
      const before = rulesetOf(call, repository);
      const ruleset = parseRuleset(call.body, before.id, before, github.now());
      repository.rulesets.set(ruleset.id, ruleset);
      await announce(call, repository, github, ruleset, 'edited');
      return ok(renderRuleset(github, ownOf(repository, ruleset), true));
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
    const active = activeOver(github.world, repository, `refs/heads/${call.params.branch}`);
    const rules = active.flatMap((sourced) => {
      const { source_type, source } = renderBrief(github, sourced);
      const from = { ruleset_source_type: source_type, ruleset_source: source };
      return sourced.ruleset.rules.map((rule) => ({ ...rule, ...from, ruleset_id: sourced.ruleset.id }));
    });
    return page(call, github.url, rules);
  }),
];

function ownOf(repository: RepositoryState, ruleset: Ruleset): SourcedRuleset {
  return { source: { type: 'Repository', repository }, ruleset };
}

/** Those of the organisation are left out where the caller asks for it. */
function listed(call: Call, repository: RepositoryState, github: Github): readonly SourcedRuleset[] {
  const isAsked = ({ source }: SourcedRuleset): boolean =>
    source.type === 'Repository' || call.query.get('includes_parents') !== 'false';
  return rulesetsOver(github.world, repository).filter(isAsked);
}

function mayChange({ who, params }: Call, { source }: SourcedRuleset, { world }: Github): boolean {
  const permission = source.type === 'Repository' ? 'administration' : 'organization_administration';
  return mayAdminister(who, permission, params, world);
}

async function announce(
  call: Call,
  repository: RepositoryState,
  github: Github,
  ruleset: Ruleset,
  action: 'created' | 'edited' | 'deleted',
): Promise<void> {
  const payload = {
    action,
    repository_ruleset: renderRuleset(github, ownOf(repository, ruleset), true),
  };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'repository_ruleset', payload, cause: call.who, on });
}

/** The organisation's are not the repository's to change. */
function rulesetOf(call: Call, repository: RepositoryState): Ruleset {
  const ruleset = repository.rulesets.get(Number(call.params.ruleset_id));
  if (ruleset === undefined) throw notFound();
  return ruleset;
}
