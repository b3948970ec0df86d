import { anyone, reads, signedIn, writes } from '../access.ts';
import { type Call, noContent, ok } from '../call.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { page, renderedPage } from '../pages.ts';
import type { Team } from '../records.ts';
import { type Role, roles } from '../records.ts';
import { notFound } from '../refusal.ts';
import { forwarded, onRepository, type Route } from '../route.ts';
import { renderTeam } from '../teams.ts';

const teams = '/orgs/{org}/teams';
const membership = `${teams}/{team_slug}/memberships/{username}`;
const collaborators = '/repos/{owner}/{repo}/collaborators';

export const peopleRoutes: readonly Route[] = [
  forwarded('GET /user', signedIn),
  {
    operation: 'GET /users/{username}',
    needs: anyone,
    // GitHub takes a login in any case, emulate does not.
    answer: (call, github) => {
      const asked = (call.params.username ?? '').toLowerCase();
      const login = [...github.world.roles.keys()].find((one) => one.toLowerCase() === asked);
      return github.upstream.forward(login === undefined ? call : { ...call, path: `/users/${login}` });
    },
  },
  forwarded('GET /orgs/{org}', anyone),
  {
    operation: `GET ${teams}`,
    needs: reads('members'),
    answer: (call, github) =>
      page(
        call,
        github.url,
        [...github.world.teams.values()].map((team) => renderTeam(github, team)),
      ),
  },
  {
    operation: `GET ${teams}/{team_slug}`,
    needs: reads('members'),
    answer: async (call, github) =>
      ok({
        ...renderTeam(github, teamOf(call, github)),
        members_count: teamOf(call, github).members.size,
        repos_count: 0,
        created_at: github.now(),
        updated_at: github.now(),
        organization: await organisationOf(github),
      }),
  },
  {
    operation: `GET ${teams}/{team_slug}/members`,
    needs: reads('members'),
    answer: (call, github) => {
      const active = [...teamOf(call, github).members].filter(([, { state }]) => state === 'active');
      return renderedPage(call, github.url, active, ([login]) => github.payloads.user(login));
    },
  },
  {
    operation: `GET ${membership}`,
    needs: reads('members'),
    answer: (call, github) => ok(renderMembership(call, github)),
  },
  {
    operation: `PUT ${membership}`,
    needs: writes('members', 'admin'),
    answer: (call, github) => {
      const role = call.body.role === 'maintainer' ? 'maintainer' : 'member';
      teamOf(call, github).members.set(call.params.username ?? '', { role, state: 'active' });
      return ok(renderMembership(call, github));
    },
  },
  {
    operation: `DELETE ${membership}`,
    needs: writes('members', 'admin'),
    answer: (call, github) => {
      teamOf(call, github).members.delete(call.params.username ?? '');
      return noContent();
    },
  },
  // Every team of the organisation may read every repository.
  onRepository('GET /repos/{owner}/{repo}/teams', reads('administration'), (call, _, github) =>
    page(
      call,
      github.url,
      [...github.world.teams.values()].map((team) => renderTeam(github, team)),
    ),
  ),
  onRepository(`GET ${collaborators}`, reads('metadata'), (call, _, github) =>
    renderedPage(call, github.url, [...github.world.roles], async ([login, role]) => ({
      ...(await github.payloads.user(login)),
      permissions: permissionsOf(role),
      role_name: role,
    })),
  ),
  onRepository(`GET ${collaborators}/{username}`, reads('metadata'), (call, _, github) => {
    if (!github.world.roles.has(call.params.username ?? '')) throw notFound();
    return noContent();
  }),
  onRepository(`GET ${collaborators}/{username}/permission`, reads('metadata'), async (call, _, github) => {
    const login = call.params.username ?? '';
    const role = github.world.roleOf(login, call.params);
    const user = await github.payloads.user(login);
    if (user.id === 0) throw notFound();
    // `permission` folds maintain into write and triage into read; only `role_name` tells them apart.
    return ok({
      permission: role === null ? 'none' : (({ maintain: 'write', triage: 'read' } as Json)[role] ?? role),
      role_name: role ?? 'none',
      user: role === null ? user : { ...user, permissions: permissionsOf(role), role_name: role },
    });
  }),
];

/** emulate says null where the organisation has not said anything; GitHub leaves it out or says nothing at length. */
async function organisationOf(github: Github): Promise<Json> {
  const organisation = await github.upstream.get(`/orgs/${github.world.organisation}`);
  const said = Object.entries(organisation).filter(([, value]) => value !== null);
  return { description: null, ...Object.fromEntries(said), archived_at: null };
}

function permissionsOf(role: Role): Json {
  const has = (least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least);
  return {
    admin: has('admin'),
    maintain: has('maintain'),
    push: has('write'),
    triage: has('triage'),
    pull: true,
  };
}

function renderMembership(call: Call, github: Github): Json {
  const team = teamOf(call, github);
  const login = call.params.username ?? '';
  const member = team.members.get(login);
  if (member === undefined) throw notFound();
  return {
    url: `${github.url}/orgs/${github.world.organisation}/teams/${team.slug}/memberships/${login}`,
    ...member,
  };
}

function teamOf(call: Call, github: Github): Team {
  const team = github.world.teams.get(call.params.team_slug ?? '');
  if (team === undefined || call.params.org !== github.world.organisation) throw notFound();
  return team;
}
