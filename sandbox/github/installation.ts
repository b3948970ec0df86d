import type { Github } from './github.ts';
import type { Json } from './json.ts';
import { asUser } from './payloads.ts';

/** The App's one installation: all repositories of the organisation. */
export async function renderInstallation(github: Github, appId: number): Promise<Json> {
  const app = github.identities.app(appId);
  const id = github.installationId;
  const organisation = await github.upstream.get(`/orgs/${github.world.organisation}`);
  const at = organisation.created_at;
  return {
    id,
    account: asUser(organisation, github.url),
    repository_selection: 'all',
    access_tokens_url: `${github.url}/app/installations/${id}/access_tokens`,
    repositories_url: `${github.url}/installation/repositories`,
    html_url: `${github.url}/organizations/${github.world.organisation}/settings/installations/${id}`,
    app_id: app.appId,
    app_slug: app.slug,
    target_id: organisation.id,
    target_type: 'Organization',
    permissions: app.permissions,
    events: app.events,
    created_at: at,
    updated_at: at,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

/** Sends `installation.created` to the App, as when an administrator installs it. GitHub asks for no subscription. */
export function announceInstallation(github: Github, appId: number): Promise<void> {
  return announce(github, appId, 'created');
}

/** An administrator suspends the App, or ends its suspension. */
export async function suspendInstallation(
  github: Github,
  appId: number,
  isSuspended: boolean,
): Promise<void> {
  github.world.isSuspended = isSuspended;
  await announce(github, appId, isSuspended ? 'suspend' : 'unsuspend');
}

async function announce(
  github: Github,
  appId: number,
  action: 'created' | 'suspend' | 'unsuspend',
): Promise<void> {
  const installed = github.world.repositories().filter(({ forkOf }) => forkOf === null);
  const repositories = await Promise.all(
    installed.map((repository) => github.payloads.repository(repository)),
  );
  const admin = [...github.world.roles].find(([, role]) => role === 'admin')?.[0] ?? 'sandbox-owner';
  const payload = {
    action,
    installation: await renderInstallation(github, appId),
    repositories: repositories.map(({ id, node_id, name, full_name, private: isPrivate }) => ({
      id,
      node_id,
      name,
      full_name,
      private: isPrivate,
    })),
    requester: null,
    sender: await github.payloads.user(admin),
  };
  github.events.sendToApp({
    event: 'installation',
    payload,
    installationId: github.installationId,
    repositoryId: null,
  });
}
