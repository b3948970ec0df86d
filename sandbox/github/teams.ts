import type { Github } from './github.ts';
import type { Json } from './json.ts';
import { nodeId } from './payloads.ts';
import type { Team } from './records.ts';

/** A team as GitHub shows it. */
export function renderTeam(github: Github, team: Team): Json {
  const api = `${github.url}/orgs/${github.world.organisation}/teams/${team.slug}`;
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    type: 'organization',
    organization_id: 1,
    url: api,
    html_url: `${github.url}/orgs/${github.world.organisation}/teams/${team.slug}`,
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
    parent: null,
  };
}
