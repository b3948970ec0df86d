import type { GitCommit } from './git.ts';
import { actionsAppId, type Identities } from './identity.ts';
import type { Json } from './json.ts';
import { GithubRefusal } from './refusal.ts';
import type { Upstream } from './upstream.ts';
import type { RepositoryState } from './world.ts';

const simpleUserKeys = [
  'login',
  'id',
  'node_id',
  'avatar_url',
  'gravatar_id',
  'url',
  'html_url',
  'followers_url',
  'following_url',
  'gists_url',
  'starred_url',
  'subscriptions_url',
  'organizations_url',
  'repos_url',
  'events_url',
  'received_events_url',
  'type',
  'site_admin',
  'user_view_type',
] as const;

const organizationKeys = [
  'login',
  'id',
  'node_id',
  'url',
  'repos_url',
  'events_url',
  'hooks_url',
  'issues_url',
  'members_url',
  'public_members_url',
  'avatar_url',
  'description',
] as const;

/** Objects that many answers and payloads have in common, as GitHub formats them. */
export class Payloads {
  readonly #upstream: Upstream;
  readonly #identities: Identities;
  readonly #url: string;
  readonly #organisation: string;
  readonly #installationId: number;
  readonly #startedAt = new Date().toISOString();
  readonly #users = new Map<string, Json>();
  #organization: Promise<Json> | undefined;

  constructor(options: {
    readonly upstream: Upstream;
    readonly identities: Identities;
    readonly url: string;
    readonly organisation: string;
    readonly installationId: number;
  }) {
    this.#upstream = options.upstream;
    this.#identities = options.identities;
    this.#url = options.url;
    this.#organisation = options.organisation;
    this.#installationId = options.installationId;
  }

  /** The parts that every webhook of a repository has. */
  async common(repository: RepositoryState, sender: string): Promise<Json> {
    return {
      repository: await this.repository(repository),
      organization: await this.organization(),
      sender: await this.user(sender),
      installation: { id: this.#installationId, node_id: nodeId('Installation', this.#installationId) },
    };
  }

  /** A person or a bot in short. */
  async user(login: string): Promise<Json> {
    const known = this.#users.get(login);
    if (known !== undefined) return known;
    try {
      const full = await this.#upstream.get(`/users/${encodeURIComponent(login)}`);
      const user = Object.fromEntries(simpleUserKeys.map((key) => [key, full[key] ?? '']));
      this.#users.set(login, user);
      return user;
    } catch (error) {
      // A bot is first seen when it first writes through emulate.
      if (error instanceof GithubRefusal) return this.#unseenUser(login);
      throw error;
    }
  }

  async repository(repository: RepositoryState): Promise<Json> {
    return completeRepository(await this.#upstream.get(repository.path), this.#url);
  }

  /** The organisation in short: it never changes here, so it is read once. */
  async organization(): Promise<Json> {
    this.#organization ??= this.#upstream
      .get(`/orgs/${this.#organisation}`)
      .then((full) => Object.fromEntries(organizationKeys.map((key) => [key, full[key] ?? null])));
    return this.#organization;
  }

  /** An app in short, as check runs show it. */
  async app(appId: number): Promise<Json> {
    const app = this.#identities.app(appId);
    const html =
      appId === actionsAppId ? 'https://github.com/apps/github-actions' : `${this.#url}/apps/${app.slug}`;
    return {
      id: app.appId,
      slug: app.slug,
      node_id: nodeId('App', app.appId),
      owner: asUser(await this.#upstream.get(`/orgs/${this.#organisation}`), this.#url),
      name: app.name,
      description: '',
      external_url: html,
      html_url: html,
      created_at: this.#startedAt,
      updated_at: this.#startedAt,
      permissions: app.permissions,
      events: app.events,
    };
  }

  #unseenUser(login: string): Json {
    const type = login.endsWith('[bot]') ? 'Bot' : 'User';
    return asUser({ login, id: 0, node_id: nodeId(type, 0), type }, this.#url);
  }
}

/** An account in short, with the fields that emulate leaves out for organisations. */
export function asUser(account: Json, url: string): Json {
  const login = encodeURIComponent(String(account.login));
  const at = `${url}/users/${login}`;
  const complete: Json = {
    avatar_url: `${url}/avatars/u/${login}`,
    gravatar_id: '',
    url: at,
    html_url: `${url}/${login}`,
    followers_url: `${at}/followers`,
    following_url: `${at}/following{/other_user}`,
    gists_url: `${at}/gists{/gist_id}`,
    starred_url: `${at}/starred{/owner}{/repo}`,
    subscriptions_url: `${at}/subscriptions`,
    organizations_url: `${at}/orgs`,
    repos_url: `${at}/repos`,
    events_url: `${at}/events{/privacy}`,
    received_events_url: `${at}/received_events`,
    type: 'Organization',
    site_admin: false,
    user_view_type: 'public',
    ...account,
  };
  return Object.fromEntries(simpleUserKeys.map((key) => [key, complete[key]]));
}

/** A repository with the fields that emulate leaves out and GitHub's description wants. */
export function completeRepository(repository: Json, url: string): Json {
  const owner = repository.owner;
  return {
    web_commit_signoff_required: false,
    network_count: 0,
    subscribers_count: 0,
    ...repository,
    pushed_at: repository.pushed_at ?? repository.updated_at,
    ...(typeof owner === 'object' && owner !== null ? { owner: asUser(owner as Json, url) } : {}),
  };
}

/** A commit in short, as payloads carry it. */
export function headCommit(commit: GitCommit): Json {
  return {
    id: commit.sha,
    tree_id: commit.tree.sha,
    message: commit.message,
    timestamp: commit.author.date,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

/** An opaque GraphQL id. */
export function nodeId(type: string, id: number): string {
  return Buffer.from(`0:${type}${id}`).toString('base64url');
}
