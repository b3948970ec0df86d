import { writes } from '../access.ts';
import { type Call, created, noContent, ok } from '../call.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { page } from '../pages.ts';
import type { OrganisationRuleset } from '../records.ts';
import { notFound } from '../refusal.ts';
import type { Route } from '../route.ts';
import { parseOrganisationRuleset, renderBrief, renderRuleset } from '../rulesets.ts';

const base = '/orgs/{org}/rulesets';
const owners = writes('organization_administration', 'admin');

/** Rulesets of the organisation. No webhook of a repository tells of them. */
export const organisationRulesetRoutes: readonly Route[] = [
  {
    operation: `GET ${base}`,
    needs: owners,
    answer: (call, github) =>
      page(
        call,
        github.url,
        [...rulesetsOf(call, github).values()].map((ruleset) =>
          renderBrief(github, sourced(github, ruleset)),
        ),
      ),
  },
  {
    operation: `POST ${base}`,
    needs: owners,
    answer: (call, github) =>
      created(
        keep(call, github, parseOrganisationRuleset(call.body, github.world.nextId(), null, github.now())),
      ),
  },
  {
    operation: `GET ${base}/{ruleset_id}`,
    needs: owners,
    answer: (call, github) => ok(renderRuleset(github, sourced(github, rulesetOf(call, github)), true)),
  },
  {
    operation: `PUT ${base}/{ruleset_id}`,
    needs: owners,
    answer: (call, github) => {
      const before = rulesetOf(call, github);
      return ok(keep(call, github, parseOrganisationRuleset(call.body, before.id, before, github.now())));
    },
  },
  {
    operation: `DELETE ${base}/{ruleset_id}`,
    needs: owners,
    answer: (call, github) => {
      rulesetsOf(call, github).delete(rulesetOf(call, github).id);
      return noContent();
    },
  },
];

function keep(call: Call, github: Github, ruleset: OrganisationRuleset): Json {
  rulesetsOf(call, github).set(ruleset.id, ruleset);
  return renderRuleset(github, sourced(github, ruleset), true);
}

function sourced({ world }: Github, ruleset: OrganisationRuleset) {
  return { source: { type: 'Organization', name: world.organisation }, ruleset } as const;
}

function rulesetOf(call: Call, github: Github): OrganisationRuleset {
  const ruleset = rulesetsOf(call, github).get(Number(call.params.ruleset_id));
  if (ruleset === undefined) throw notFound();
  return ruleset;
}

function rulesetsOf({ params }: Call, { world }: Github): Map<number, OrganisationRuleset> {
  if (params.org !== world.organisation) throw notFound();
  return world.rulesets;
}
