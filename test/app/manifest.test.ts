import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ownedEvents } from '../../app/events/registry.ts';

interface Manifest {
  readonly default_permissions: Readonly<Record<string, string>>;
  readonly default_events: readonly string[];
}

const manifest = parse(await readFile('app.yml', 'utf8')) as Manifest;

/** GitHub sends these to every App, and refuses them in a manifest. */
const unasked = ['installation', 'installation_repositories'];

/** What each kind of request needs, from GitHub's page "Permissions required for GitHub Apps". */
const needs: Readonly<Record<string, string>> = {
  'POST /repos/{owner}/{repo}/rulesets': 'administration: write',
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun': 'actions: write',
  'POST /repos/{owner}/{repo}/check-runs': 'checks: write',
  'POST /repos/{owner}/{repo}/releases': 'contents: write',
  'POST /repos/{owner}/{repo}/deployments': 'deployments: write',
  'POST /repos/{owner}/{repo}/issues': 'issues: write',
  'GET /orgs/{org}/teams/{team_slug}/memberships/{username}': 'members: read',
  'webhook merge_group': 'merge_queues: read',
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': 'metadata: read',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments (on a pull request)': 'pull_requests: write',
};

describe('the App manifest', () => {
  it('subscribes to exactly the events that have a handler', () => {
    expect([...manifest.default_events, ...unasked].toSorted()).toEqual([...ownedEvents].toSorted());
  });

  it('asks for exactly the permissions that some request needs', () => {
    const asked = Object.entries(manifest.default_permissions).map(([name, level]) => `${name}: ${level}`);
    expect(asked.toSorted()).toEqual(Object.values(needs).toSorted());
  });
});
